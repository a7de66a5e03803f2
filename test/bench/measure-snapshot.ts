import { startBenchField, type BenchField } from './bench-field.ts';
import { percentilesOf, round } from './percentiles.ts';
import type { Measurement, Tell } from './report.ts';
import { readRate } from './read-rate.ts';
import { runPacedLoad } from './run-paced-load.ts';
import { withStops } from './stop-list.ts';

const GRANTS = 100_000;
const PATH = '/connections/c0/things';
const RATE_PER_SECOND = 2_000;
const CONNECTIONS = 32;
const WARM_UP_SECONDS = 3;
const QUIET_SECONDS = 10;
const SNAPSHOTS = 10;
/** The least that a snapshot and the pause after it take; the load goes on until all have arrived. */
const SECONDS_A_SNAPSHOT = 2;

/**
 * Snapshots of 100,000 grants arriving at a sidecar that answers requests: how long its event loop is held at a stretch,
 * beside the same load without snapshots. The sender writes as fast as it can, which is the worst of cases.
 */
export async function measureSnapshot(tell: Tell, args: readonly string[]): Promise<void> {
  const rate = readRate(args, RATE_PER_SECOND);
  await withStops(async (stops) => {
    const field = await startBenchField(GRANTS, stops);
    await runLoad(field, rate, WARM_UP_SECONDS);
    await field.sidecar.stalls();
    tell(await without(field, rate));
    const load = runLoad(field, rate, SNAPSHOTS * SECONDS_A_SNAPSHOT);
    load.catch(() => {});
    const arrivals: number[] = [];
    const longest: number[] = [];
    const longestCpu: number[] = [];
    const collections: number[] = [];
    for (let snapshot = 1; snapshot <= SNAPSHOTS; snapshot += 1) {
      const startMs = performance.now();
      field.plane.kill('SIGUSR2');
      await field.plane.line(`snapshot ${snapshot} taken`);
      arrivals.push(performance.now() - startMs);
      const { stall_ms, stall_cpu_ms, gc_longest_ms } = await field.sidecar.stalls();
      longest.push(round(stall_ms.max));
      longestCpu.push(round(stall_cpu_ms.max));
      collections.push(round(gc_longest_ms));
    }
    const { latency_ms, wrong_answers } = await load;
    tell({
      bench: 'snapshot',
      snapshots: SNAPSHOTS,
      grants: GRANTS,
      requests_per_second: rate,
      latency_ms,
      wrong_answers,
      arrival_ms: percentilesOf(arrivals),
      longest_stall_ms: Math.max(...longest),
      longest_stall_ms_of_each: longest,
      longest_stall_cpu_ms: Math.max(...longestCpu),
      longest_stall_cpu_ms_of_each: longestCpu,
      gc_longest_ms: Math.max(...collections),
      gc_longest_ms_of_each: collections,
    });
  });
}

async function without(field: BenchField, rate: number): Promise<Measurement> {
  const { latency_ms, wrong_answers } = await runLoad(field, rate, QUIET_SECONDS);
  const { stall_ms, stall_cpu_ms, gc_longest_ms } = await field.sidecar.stalls();
  return {
    bench: 'snapshot',
    snapshots: 0,
    requests_per_second: rate,
    latency_ms,
    wrong_answers,
    longest_stall_ms: round(stall_ms.max),
    longest_stall_cpu_ms: round(stall_cpu_ms.max),
    gc_longest_ms: round(gc_longest_ms),
  };
}

function runLoad(
  { port, tokenFile }: BenchField,
  ratePerSecond: number,
  seconds: number,
): ReturnType<typeof runPacedLoad> {
  const plan = { port, path: PATH, ratePerSecond, seconds, connections: CONNECTIONS };
  return runPacedLoad({ ...plan, tokenFile, refused: 0 });
}
