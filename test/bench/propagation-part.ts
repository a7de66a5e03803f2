import type { BenchPart } from './bench-part.ts';
import { measurePropagation } from './measure-propagation.ts';
import type { Percentiles } from './percentiles.ts';
import { figure } from './report.ts';

const CHANGES = [
  'approve_to_first_200_ms',
  'revoke_to_first_403_ms',
  'revoke_to_socket_cut_ms',
  'revoke_to_each_sidecar_ms',
  'revoke_to_last_sidecar_ms',
];

export const propagationPart: BenchPart = {
  name: 'propagation',
  measure: measurePropagation,
  tables: (measured) => [
    {
      name: 'propagation',
      header: ['change', 'sidecars attached', 'p50 ms', 'p90 ms', 'p99 ms', 'max ms'],
      rows: measured
        .filter(({ bench }) => bench === 'propagation')
        .flatMap((one) =>
          CHANGES.filter((name) => one[name] !== null).map((name) => {
            const { p50, p90, p99, max } = one[name] as Percentiles;
            const words = name.replaceAll('_', ' ').replace(/ ms$/, '');
            return [words, figure(one['sidecars'] as number), ...[p50, p90, p99, max].map((ms) => figure(ms, 1))];
          }),
        ),
    },
  ],
};
