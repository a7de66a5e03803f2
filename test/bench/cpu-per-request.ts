/**
 * `node test/bench/cpu-per-request.ts [name…]`: processor time per request of bare undici and of the sidecar, under the load of
 * the forwarding benchmark. Unlike requests per second it hardly moves with what else the machine does. With
 * HALLPASS_BENCH_PROFILE=<directory> the sidecar writes a V8 profile there when it ends.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startChild, type TestChild } from '../support/child-process.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import type { BenchControlPlane } from './bench-control-plane.ts';
import { startBenchSidecar } from './bench-sidecar.ts';
import { usageOf } from './process-usage.ts';
import { runWrk } from './wrk.ts';

const GRANTS = 100_000;
const directory = await makeTemporaryDirectory('cpu');
const children: TestChild[] = [];
const start = async (file: string, args: readonly string[], prefix: string): Promise<[TestChild, string]> => {
  const child = startChild(`test/bench/${file}`, args);
  children.push(child);
  return [child, (await child.line(prefix)).slice(prefix.length)];
};
const [, upstreamPort] = await start('plain-upstream.ts', [], 'listening ');
const upstream = `http://127.0.0.1:${upstreamPort}`;
const [undici, undiciPort] = await start('bare-undici.ts', [upstream], 'listening ');
const [, place] = await start('bench-control-plane.ts', [String(GRANTS)], 'ready ');
const plane = JSON.parse(place) as BenchControlPlane;
const sidecar = await startBenchSidecar(plane, upstream, directory.path);
const tokenFile = join(directory.path, 'tokens');
const refusedFile = join(directory.path, 'refused');
await Promise.all([
  writeFile(tokenFile, plane.tokens.join('\n')),
  writeFile(refusedFile, plane.refused_tokens.join('\n')),
]);
const all = [
  { name: 'undici', url: `http://127.0.0.1:${undiciPort}/connections/c0/things`, pid: undici.pid, tokens: tokenFile },
  { name: 'hallpass', url: `${sidecar.url}/connections/c0/things`, pid: sidecar.pid, tokens: tokenFile },
  { name: 'refusals', url: `${sidecar.url}/connections/c0/things`, pid: sidecar.pid, tokens: refusedFile },
];
const named = process.argv.slice(2);
const wanted = all.filter(({ name }) => named.length === 0 || named.includes(name));
try {
  for (let round = 0; round < 4; round += 1) {
    for (const { name, url, pid, tokens } of wanted) {
      const before = usageOf(pid)!;
      const load = await runWrk(url, { connections: 32, seconds: 4, tokenFile: tokens });
      const us = ((usageOf(pid)!.cpuSeconds - before.cpuSeconds) / load.requests) * 1e6;
      // The first round warms up.
      if (round > 0)
        console.log(
          `${name}: ${us.toFixed(1)} us/request, ${load.requests_per_second} requests/s, ${load.status_errors} refused, p50 ${load.latency_ms.p50}`,
        );
    }
  }
} finally {
  await sidecar.stop();
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(children.map((child) => child.ended));
  await directory.remove();
}
