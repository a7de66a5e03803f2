import type { BenchPart } from './bench-part.ts';
import { measureHold } from './measure-hold.ts';
import type { Percentiles } from './percentiles.ts';
import { figure, type Measurement, type Table } from './report.ts';

export const holdPart: BenchPart = {
  name: 'hold',
  measure: measureHold,
  tables: (measured) => {
    const find = (bench: string): Measurement | undefined => measured.find((one) => one.bench === bench);
    const [ceiling, held, refusals] = [find('ceiling'), find('hold'), find('refusals')];
    if (ceiling === undefined || held === undefined || refusals === undefined) return [];
    return [holdTable(ceiling, held, refusals)];
  },
};

function holdTable(ceiling: Measurement, held: Measurement, refusals: Measurement): Table {
  const latency = held['latency_ms'] as Percentiles;
  const generator = held['generator_late_ms'] as Percentiles;
  const stall = held['stall_ms'] as Percentiles;
  const number = (one: Measurement, name: string, digits = 3): string => figure(one[name] as number | null, digits);
  const percent = (name: string): string => `${figure((held[name] as number) * 100, 1)}%`;
  return {
    name: 'hold',
    header: ['', 'measured'],
    rows: [
      ['ceiling, 64 connections (wrk)', `${number(ceiling, 'requests_per_second')} requests/s`],
      ['held: 85% of it, one in a hundred refused', `${number(held, 'requests_per_second')} requests/s`],
      ['latency p50', `${figure(latency.p50, 2)} ms`],
      ['latency p90', `${figure(latency.p90, 2)} ms`],
      ['latency p95', `${figure(latency.p95, 2)} ms`],
      ['latency p99', `${figure(latency.p99, 2)} ms`],
      ['latency max', `${figure(latency.max, 1)} ms`],
      [
        'of that the load generator itself, p50 and p99',
        `${figure(generator.p50, 2)} and ${figure(generator.p99, 2)} ms`,
      ],
      ['processor', `${percent('cpu_share')} of a core`],
      ['memory, at the most', `${number(held, 'rss_mb')} MB`],
      [
        'garbage collection',
        `${percent('gc_share')} of the time, ${number(held, 'gc_longest_ms', 1)} ms at the longest`,
      ],
      ['event loop held at a stretch, p99 and longest', `${figure(stall.p99, 1)} and ${figure(stall.max, 1)} ms`],
      ['wrong answers', `${number(held, 'wrong_answers')} of ${number(held, 'requests')}`],
      ['refusals alone (a signature each)', `${number(refusals, 'requests_per_second')} a second`],
    ],
  };
}
