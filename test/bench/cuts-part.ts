import type { BenchPart } from './bench-part.ts';
import { measureCuts } from './measure-cuts.ts';
import type { Percentiles } from './percentiles.ts';
import { figure } from './report.ts';

export const cutsPart: BenchPart = {
  name: 'cuts',
  measure: measureCuts,
  tables: (measured) => [
    {
      name: 'cuts',
      header: ['what rode on the grant', 'revocations', 'p50 ms', 'p90 ms', 'p99 ms', 'max ms'],
      rows: measured
        .filter(({ bench }) => bench === 'cut')
        .map((one) => {
          const { samples, p50, p90, p99, max } = one['cut_ms'] as Percentiles;
          return [String(one['kind']), samples, ...[p50, p90, p99, max].map((ms) => figure(ms, 1))];
        }),
    },
  ],
};
