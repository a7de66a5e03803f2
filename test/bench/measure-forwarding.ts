import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startChild, type TestChild } from '../support/child-process.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import type { BenchControlPlane } from './bench-control-plane.ts';
import { allowedConnections } from './bench-facts.ts';
import { startBenchSidecar, type BenchSidecar } from './bench-sidecar.ts';
import { round } from './percentiles.ts';
import { usageOf } from './process-usage.ts';
import type { Measurement } from './report.ts';
import { requireWrk, runWrk, type Load } from './wrk.ts';

const GRANTS = 100_000;
const PEOPLE_WHO_CALL = 100;
const CONNECTIONS = 32;
const ROUNDS = 3;
const ROUND_SECONDS = 3;
const WARM_UP_SECONDS = 2;
const SINGLE_SECONDS = 2;

interface Target {
  readonly name: 'direct' | 'express + http-proxy-middleware' | 'undici' | 'hallpass';
  readonly url: string;
  readonly pid: number;
}

/**
 * Requests per second and latency, in one run on one machine: straight to an upstream, through what people would use
 * without authorization, and through the sidecar. The rounds take turns, so that a slow minute hits all alike.
 */
export async function measureForwarding(): Promise<Measurement[]> {
  requireWrk();
  const directory = await makeTemporaryDirectory('bench');
  const children: TestChild[] = [];
  let sidecar: BenchSidecar | null = null;
  try {
    const start = async (file: string, args: readonly string[], prefix: string): Promise<[TestChild, string]> => {
      const child = startChild(`test/bench/${file}`, args);
      children.push(child);
      return [child, (await child.line(prefix)).slice(prefix.length)];
    };
    const [upstream, upstreamPort] = await start('plain-upstream.ts', [], 'listening ');
    const upstreamUrl = `http://127.0.0.1:${upstreamPort}`;
    const [middleware, middlewarePort] = await start('bare-middleware.ts', [upstreamUrl], 'listening ');
    const [undici, undiciPort] = await start('bare-undici.ts', [upstreamUrl], 'listening ');
    const callers = [...readersOfC0(), someoneElse()].map(String);
    const [, place] = await start('bench-control-plane.ts', [String(GRANTS), ...callers], 'ready ');
    const plane = JSON.parse(place) as BenchControlPlane;
    sidecar = await startBenchSidecar(plane, upstreamUrl, directory.path);
    const tokenFile = join(directory.path, 'tokens');
    const refusedFile = join(directory.path, 'refused');
    await Promise.all([writeFile(tokenFile, plane.tokens.join('\n')), writeFile(refusedFile, plane.refused_token)]);
    const targets: Target[] = [
      { name: 'direct', url: `${upstreamUrl}/connections/c0/things`, pid: upstream.pid },
      {
        name: 'express + http-proxy-middleware',
        url: `http://127.0.0.1:${middlewarePort}/connections/c0/things`,
        pid: middleware.pid,
      },
      { name: 'undici', url: `http://127.0.0.1:${undiciPort}/connections/c0/things`, pid: undici.pid },
      { name: 'hallpass', url: `${sidecar.url}/connections/c0/things`, pid: sidecar.pid },
    ];
    return [...(await compare(targets, sidecar.opsUrl, tokenFile)), await measureDenials(sidecar, refusedFile)];
  } finally {
    await sidecar?.stop();
    for (const child of children) child.kill('SIGTERM');
    await Promise.all(children.map((child) => child.ended));
    await directory.remove();
  }
}

/** Of each target all rounds; the one in the middle is told. */
async function compare(targets: readonly Target[], opsUrl: string, tokenFile: string): Promise<Measurement[]> {
  for (const { url } of targets) await runWrk(url, { connections: CONNECTIONS, seconds: WARM_UP_SECONDS, tokenFile });
  const rounds = new Map(
    targets.map(({ name }) => [name, [] as { load: Load; cpu: number | null; gc: number | null }[]]),
  );
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    for (const { name, url, pid } of targets) {
      const before = usageOf(pid);
      const gcBefore = name === 'hallpass' ? await gcSeconds(opsUrl) : null;
      const load = await runWrk(url, { connections: CONNECTIONS, seconds: ROUND_SECONDS, tokenFile });
      const after = usageOf(pid);
      const cpu = before === null || after === null ? null : (after.cpuSeconds - before.cpuSeconds) / ROUND_SECONDS;
      const gc = gcBefore === null ? null : ((await gcSeconds(opsUrl)) - gcBefore) / ROUND_SECONDS;
      rounds.get(name)!.push({ load, cpu, gc });
    }
  }
  const measurements: Measurement[] = [];
  for (const { name, url, pid } of targets) {
    const single = await runWrk(url, { connections: 1, seconds: SINGLE_SECONDS, tokenFile });
    const all = rounds.get(name)!.toSorted((a, b) => a.load.requests_per_second - b.load.requests_per_second);
    const middle = all[Math.floor(all.length / 2)]!;
    measurements.push({
      bench: 'forwarding',
      target: name,
      connections: CONNECTIONS,
      requests_per_second: middle.load.requests_per_second,
      requests_per_second_of_rounds: all.map(({ load }) => load.requests_per_second),
      latency_ms: middle.load.latency_ms,
      latency_ms_one_connection: single.latency_ms,
      wrong_answers: all.reduce((sum, { load }) => sum + load.status_errors + load.socket_errors, 0),
      cpu_share: middle.cpu === null ? null : round(middle.cpu),
      gc_share: middle.gc === null ? null : round(middle.gc),
      rss_mb: usageOf(pid)?.rssMb ?? null,
      ...(name === 'hallpass' ? { grants: GRANTS } : {}),
    });
  }
  return measurements;
}

/** Refusals cost a signature each and never reach the upstream. */
async function measureDenials(sidecar: BenchSidecar, tokenFile: string): Promise<Measurement> {
  const load = await runWrk(`${sidecar.url}/connections/c0/things`, {
    connections: CONNECTIONS,
    seconds: ROUND_SECONDS,
    tokenFile,
  });
  return {
    bench: 'denials',
    connections: CONNECTIONS,
    requests_per_second: load.requests_per_second,
    latency_ms: load.latency_ms,
    let_through: load.requests - load.status_errors,
  };
}

async function gcSeconds(opsUrl: string): Promise<number> {
  const metrics = await (await fetch(`${opsUrl}/metrics`)).text();
  return [...metrics.matchAll(/^nodejs_gc_duration_seconds_sum(?:\{[^}]*\})? (\S+)$/gm)].reduce(
    (sum, [, seconds]) => sum + Number(seconds),
    0,
  );
}

function readersOfC0(): number[] {
  const found: number[] = [];
  for (let person = 0; found.length < PEOPLE_WHO_CALL; person += 1) {
    if (allowedConnections(person).has('connection:c0')) found.push(person);
  }
  return found;
}

function someoneElse(): number {
  let person = 0;
  while (allowedConnections(person).has('connection:c0')) person += 1;
  return person;
}
