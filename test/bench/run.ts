/**
 * `npm run bench`: what decisions, forwarding and the way of a change to the sidecars cost on this machine. Each figure
 * is a line of JSON; the tables after them are for people. Part of no test run.
 * `npm run bench -- decisions forwarding propagation`: only those named.
 */
import { cpus } from 'node:os';
import { startChild } from '../support/child-process.ts';
import { measureForwarding } from './measure-forwarding.ts';
import { measurePropagation } from './measure-propagation.ts';
import type { Percentiles } from './percentiles.ts';
import { reportLine, table, type Measurement } from './report.ts';

const GRANT_COUNTS = [100, 10_000, 100_000];

const startedMs = performance.now();
const all: Measurement[] = [];
const tell = (measurement: Measurement): void => {
  all.push(measurement);
  console.log(reportLine(measurement));
};

tell({ bench: 'machine', node: process.version, cpus: cpus().length, model: cpus()[0]?.model ?? null });
if (isWanted('decisions')) for (const grants of GRANT_COUNTS) tell(await measureDecisions(grants));
if (isWanted('forwarding')) for (const measurement of await measureForwarding()) tell(measurement);
if (isWanted('propagation')) for (const measurement of await measurePropagation()) tell(measurement);
console.log(
  `\n${tables()
    .filter((text) => text !== '')
    .join('\n\n')}\n\ntook ${Math.round((performance.now() - startedMs) / 1000)} s`,
);

function isWanted(part: 'decisions' | 'forwarding' | 'propagation'): boolean {
  const wanted = process.argv.slice(2);
  return wanted.length === 0 || wanted.includes(part);
}

async function measureDecisions(grants: number): Promise<Measurement> {
  const child = startChild('test/bench/measure-decisions.ts', [String(grants)], { NODE_OPTIONS: '--expose-gc' });
  const line = await child.line('{');
  await child.ended;
  return JSON.parse(line) as Measurement;
}

function measured(bench: string): Measurement[] {
  return all.filter((measurement) => measurement.bench === bench);
}

function latencyCells(value: unknown): number[] {
  const { p50, p90, p99 } = value as Percentiles;
  return [p50, p90, p99];
}

function tables(): string[] {
  const middleware = measured('forwarding').find(({ target }) => target === 'express + http-proxy-middleware');
  return [
    table(
      ['grants', 'decisions/s', 'p50 us', 'p90 us', 'p99 us', 'MB of facts', 'wrong'],
      measured('decision').map((one) => [
        one['grants'] as number,
        one['decisions_per_second'] as number,
        ...latencyCells(one['latency_us']),
        one['facts_heap_mb'] as number,
        one['wrong_answers'] as number,
      ]),
    ),
    table(
      ['through', 'requests/s', 'x middleware', 'p50 ms', 'p90 ms', 'p99 ms', 'p50 alone', 'wrong'],
      measured('forwarding').map((one) => [
        one['target'] as string,
        one['requests_per_second'] as number,
        ((one['requests_per_second'] as number) / (middleware?.['requests_per_second'] as number)).toFixed(2),
        ...latencyCells(one['latency_ms']),
        (one['latency_ms_one_connection'] as Percentiles).p50,
        one['wrong_answers'] as number,
      ]),
    ),
    table(
      ['change', 'sidecars', 'p50 ms', 'p90 ms', 'p99 ms'],
      measured('propagation').flatMap((one) =>
        ['approve_to_first_200_ms', 'revoke_to_first_403_ms', 'revoke_to_socket_cut_ms'].map((name) => [
          name.replaceAll('_', ' ').replace(/ ms$/, ''),
          one['sidecars'] as number,
          ...latencyCells(one[name]),
        ]),
      ),
    ),
  ];
}
