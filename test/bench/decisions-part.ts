import { startChild } from '../support/child-process.ts';
import type { BenchPart } from './bench-part.ts';
import type { Percentiles } from './percentiles.ts';
import { figure, type Measurement } from './report.ts';

const GRANT_COUNTS = [100, 1_000, 10_000, 100_000, 1_000_000];
/** A million grants take a while to arrive, each by a line of its own. */
const TIMEOUT_MS = 300_000;

/** What a decision costs, and what a grant weighs, by how many there are. */
export const decisionsPart: BenchPart = {
  name: 'decisions',
  measure: async (tell) => {
    for (const grants of GRANT_COUNTS) {
      const child = startChild('test/bench/measure-decisions.ts', [String(grants)], { NODE_OPTIONS: '--expose-gc' });
      const line = await child.line('{', TIMEOUT_MS).finally(() => child.kill('SIGTERM'));
      await child.ended;
      tell(JSON.parse(line) as Measurement);
    }
  },
  tables: (measured) => [
    {
      name: 'decisions',
      header: ['grants', 'decisions/s', 'p50 us', 'p90 us', 'p99 us', 'MB of facts', 'bytes a grant', 'wrong answers'],
      rows: measured
        .filter(({ bench }) => bench === 'decision')
        .map((one) => {
          const { p50, p90, p99 } = one['latency_us'] as Percentiles;
          return [
            ...[one['grants'], one['decisions_per_second']].map((value) => figure(value as number)),
            ...[p50, p90, p99, one['facts_heap_mb'] as number].map((value) => figure(value, 1)),
            figure(one['bytes_per_grant'] as number),
            figure(one['wrong_answers'] as number),
          ];
        }),
    },
  ],
};
