import type { BenchPart } from './bench-part.ts';
import { measureSnapshot } from './measure-snapshot.ts';
import type { Percentiles } from './percentiles.ts';
import { figure } from './report.ts';

export const snapshotPart: BenchPart = {
  name: 'snapshot',
  measure: measureSnapshot,
  tables: (measured) => [
    {
      name: 'snapshot',
      header: [
        'while',
        'event loop held, longest ms',
        'processor time of that, ms',
        'of it garbage collection, longest ms',
        'requests: p50 ms',
        'p99 ms',
        'max ms',
        'wrong',
      ],
      rows: measured
        .filter(({ bench }) => bench === 'snapshot')
        .map((one) => {
          const { p50, p99, max } = one['latency_ms'] as Percentiles;
          const rate = figure(one['requests_per_second'] as number);
          const snapshots = one['snapshots'] as number;
          const what = snapshots === 0 ? 'nothing arrives' : `${snapshots} snapshots of 100,000 grants arrive`;
          return [
            `${what}, ${rate} requests/s`,
            ...[
              one['longest_stall_ms'] as number,
              one['longest_stall_cpu_ms'] as number,
              one['gc_longest_ms'] as number,
            ].map((ms) => figure(ms, 1)),
            ...[p50, p99, max].map((ms) => figure(ms, 2)),
            figure(one['wrong_answers'] as number),
          ];
        }),
    },
  ],
};
