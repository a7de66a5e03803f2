/**
 * `node test/bench/cpu-per-request.ts [name…]`: processor time per request of bare undici, of the sidecar, and of its
 * refusals, under the load of the forwarding benchmark. Many short rounds that take turns, and the middle of their ratios:
 * on a machine that is busy with other things, this is what still says something. With HALLPASS_BENCH_PROFILE=<directory>
 * the sidecar writes a V8 profile there when it ends.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startChild, type TestChild } from '../support/child-process.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import type { BenchControlPlane } from './bench-control-plane.ts';
import { startBenchSidecar } from './bench-sidecar.ts';
import { pin } from './pin.ts';
import { usageOf } from './process-usage.ts';
import { runWrk } from './wrk.ts';

const GRANTS = 100_000;
const ROUNDS = 15;
const WARM_UP_ROUNDS = 3;
const SECONDS = 1;
const CONNECTIONS = 32;

const directory = await makeTemporaryDirectory('cpu');
const children: TestChild[] = [];
const start = async (file: string, args: readonly string[], prefix: string): Promise<[TestChild, string]> => {
  const child = startChild(`test/bench/${file}`, args);
  children.push(child);
  return [child, (await child.line(prefix)).slice(prefix.length)];
};
const [plain, upstreamPort] = await start('plain-upstream.ts', [], 'listening ');
const upstream = `http://127.0.0.1:${upstreamPort}`;
const [undici, undiciPort] = await start('bare-undici.ts', [upstream], 'listening ');
const [, place] = await start('bench-control-plane.ts', [String(GRANTS)], 'ready ');
const plane = JSON.parse(place) as BenchControlPlane;
const sidecar = await startBenchSidecar(plane, upstream, directory.path);
pin('others', [process.pid, plain.pid]);
pin('measured', [undici.pid, sidecar.pid]);
const tokenFile = join(directory.path, 'tokens');
const refusedFile = join(directory.path, 'refused');
await Promise.all([
  writeFile(tokenFile, plane.tokens.join('\n')),
  writeFile(refusedFile, plane.refused_tokens.join('\n')),
]);
const path = '/connections/c0/things';
const all = [
  { name: 'undici', url: `http://127.0.0.1:${undiciPort}${path}`, pid: undici.pid, tokens: tokenFile },
  { name: 'hallpass', url: `${sidecar.url}${path}`, pid: sidecar.pid, tokens: tokenFile },
  { name: 'refusals', url: `${sidecar.url}${path}`, pid: sidecar.pid, tokens: refusedFile },
];
const named = process.argv.slice(2);
const wanted = all.filter(({ name }) => named.length === 0 || named.includes(name));
const middle = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const cpuUs = new Map<string, number[]>(wanted.map(({ name }) => [name, []]));
try {
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { name, url, pid, tokens } of wanted) {
      const before = usageOf(pid)!;
      const load = await runWrk(url, { connections: CONNECTIONS, seconds: SECONDS, tokenFile: tokens });
      const seconds = usageOf(pid)!.cpuSeconds - before.cpuSeconds;
      if (round >= WARM_UP_ROUNDS) cpuUs.get(name)!.push((seconds / load.requests) * 1e6);
    }
  }
  const base = cpuUs.get('undici');
  for (const [name, values] of cpuUs) {
    const ratio = base === undefined ? NaN : middle(values.map((value, round) => value / (base[round] as number)));
    console.log(JSON.stringify({ name, cpu_us_per_request: Math.round(middle(values) * 10) / 10, x_undici: ratio }));
  }
} finally {
  await sidecar.stop();
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(children.map((child) => child.ended));
  await directory.remove();
}
