import { startBenchField, type BenchField } from './bench-field.ts';
import { round } from './percentiles.ts';
import { usageOf } from './process-usage.ts';
import type { Measurement, Tell } from './report.ts';
import { requireTools } from './require-tools.ts';
import { runPacedLoad } from './run-paced-load.ts';
import { withStops } from './stop-list.ts';
import { runWrk } from './wrk.ts';

const GRANTS = 100_000;
const PATH = '/connections/c0/things';
const CONNECTIONS = 64;
const CEILING_ROUNDS = 3;
const CEILING_SECONDS = 4;
const WARM_UP_SECONDS = 3;
const SHARE = 0.85;
const HOLD_SECONDS = 30;
const REFUSALS_SECONDS = 3;
const WATCH_EVERY_MS = 250;

/**
 * Finds out how many requests a second the sidecar answers at the most, then holds 85% of that for a while: how it does
 * where it is used, and not where everything is a queue. One in a hundred of those is refused.
 */
export async function measureHold(tell: Tell): Promise<void> {
  requireTools('wrk');
  await withStops(async (stops) => {
    const field = await startBenchField(GRANTS, stops);
    const ceiling = await findCeiling(field);
    tell(ceiling);
    tell(await hold(field, Math.round(SHARE * (ceiling['requests_per_second'] as number))));
    tell(await measureRefusals(field));
  });
}

async function findCeiling({ sidecar, tokenFile }: BenchField): Promise<Measurement> {
  const url = `${sidecar.url}${PATH}`;
  await runWrk(url, { connections: CONNECTIONS, seconds: WARM_UP_SECONDS, tokenFile });
  const loads = [];
  for (let turn = 0; turn < CEILING_ROUNDS; turn += 1) {
    loads.push(await runWrk(url, { connections: CONNECTIONS, seconds: CEILING_SECONDS, tokenFile }));
  }
  const rates = loads.map((load) => load.requests_per_second).toSorted((a, b) => a - b);
  return {
    bench: 'ceiling',
    grants: GRANTS,
    connections: CONNECTIONS,
    requests_per_second: rates[Math.floor(rates.length / 2)]!,
    requests_per_second_of_rounds: rates,
    wrong_answers: loads.reduce((sum, { status_errors, socket_errors }) => sum + status_errors + socket_errors, 0),
  };
}

async function hold({ sidecar, port, mixedTokenFile }: BenchField, ratePerSecond: number): Promise<Measurement> {
  await sidecar.stalls();
  const before = usageOf(sidecar.pid);
  let rssMb = 0;
  const watch = setInterval(() => (rssMb = Math.max(rssMb, usageOf(sidecar.pid)?.rssMb ?? 0)), WATCH_EVERY_MS);
  const plan = { port, path: PATH, ratePerSecond, seconds: HOLD_SECONDS, connections: CONNECTIONS };
  const load = await runPacedLoad({ ...plan, tokenFile: mixedTokenFile, refused: 1 }).finally(() =>
    clearInterval(watch),
  );
  const after = usageOf(sidecar.pid);
  const stalls = await sidecar.stalls();
  const cpu = before === null || after === null ? null : (after.cpuSeconds - before.cpuSeconds) / stalls.seconds;
  return {
    bench: 'hold',
    grants: GRANTS,
    share_of_ceiling: SHARE,
    asked_per_second: ratePerSecond,
    ...load,
    cpu_share: cpu === null ? null : round(cpu),
    rss_mb: rssMb,
    gc_share: round(stalls.gc_share),
    gc_longest_ms: round(stalls.gc_longest_ms),
    stall_ms: { p50: round(stalls.stall_ms.p50), p99: round(stalls.stall_ms.p99), max: round(stalls.stall_ms.max) },
  };
}

/** Refusals cost a signature each and never reach the upstream. */
async function measureRefusals({ sidecar, refusedTokenFile }: BenchField): Promise<Measurement> {
  const options = { connections: CONNECTIONS, seconds: REFUSALS_SECONDS, tokenFile: refusedTokenFile };
  const load = await runWrk(`${sidecar.url}${PATH}`, options);
  return {
    bench: 'refusals',
    connections: CONNECTIONS,
    requests_per_second: load.requests_per_second,
    latency_ms: load.latency_ms,
    let_through: load.requests - load.status_errors,
  };
}
