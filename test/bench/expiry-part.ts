import type { BenchPart } from './bench-part.ts';
import { measureExpiry } from './measure-expiry.ts';
import type { Percentiles } from './percentiles.ts';
import { figure, type Measurement } from './report.ts';

export const expiryPart: BenchPart = {
  name: 'expiry',
  measure: measureExpiry,
  tables: (measured) => [
    {
      name: 'expiry',
      header: ['10,000 grants ending under load', 'measured'],
      rows: measured.filter(({ bench }) => bench === 'expiry').flatMap(rowsOf),
    },
    {
      name: 'expiry-cuts',
      header: ['what rode on the grant', 'ended', 'late by p50 ms', 'p90 ms', 'p99 ms', 'max ms', 'early'],
      rows: measured
        .filter(({ bench }) => bench === 'expiry-cut')
        .map((one) => {
          const { samples, p50, p90, p99, max } = one['late_ms'] as Percentiles;
          return [
            String(one['kind']),
            samples,
            ...[p50, p90, p99, max].map((ms) => figure(ms, 1)),
            figure(one['early'] as number),
          ];
        }),
    },
  ],
};

function rowsOf(one: Measurement): [string, string][] {
  const number = (name: string): string => figure(one[name] as number);
  const { p50, p99, max } = one['latency_ms'] as Percentiles;
  return [
    ['requests, at so many a second', `${number('requests')}, ${number('requests_per_second')}`],
    ['sent in the very millisecond of the end', number('asked_in_the_millisecond_of_the_end')],
    ['sent after it', number('asked_after_the_end')],
    ['**honoured at or after the end**', number('honoured_late')],
    ['sent before it, and allowed', `${number('allowed_before')} of ${number('asked_before_the_end')}`],
    [
      'refused before it, and by how many ms at the most',
      `${number('refused_early')}, ${number('earliest_refusal_ms')}`,
    ],
    ['let in before it and cut under way', number('cut_under_way')],
    ['other answers, or none', number('other_answers')],
    ['latency p50, p99, max', [p50, p99, max].map((ms) => `${figure(ms)} ms`).join(', ')],
  ];
}
