import type { Percentiles } from '../percentiles.ts';
import { figure, type Measurement, type Table } from '../report.ts';
import type { BodyKind } from './compare-peers.ts';

type Cells = readonly (string | number)[];

const FIGURES = ['requests/s', 'p50 ms', 'p90 ms', 'p95 ms', 'p99 ms', 'CPU s / 10k', 'RSS MB', 'wrong'];

/** Of each kind of body a table of all peers, with the most grants; and one of those that look at grants, by their number. */
export function peersTables(all: readonly Measurement[]): Table[] {
  const peers = all.filter(({ bench }) => bench === 'peers');
  const most = Math.max(...peers.map(({ grants }) => Number(grants ?? 0)));
  const withMost = peers.filter(({ grants }) => grants === undefined || grants === most);
  const tables = (['small', 'download', 'upload'] as const).map((kind) => tableOf(kind, withMost));
  const byGrants = peers.filter(({ grants, bodies }) => grants !== undefined && bodies === 'small');
  tables.push({
    name: 'peers-grants',
    header: ['through', 'connections', 'grants', ...FIGURES],
    rows: byGrants
      .toSorted((a, b) => order(a, b) || Number(a['grants']) - Number(b['grants']))
      .map((one) => [String(one['peer']), Number(one['connections']), figure(Number(one['grants'])), ...figures(one)]),
  });
  tables.push({
    name: 'peers-answers',
    header: ['through', 'answers read in full and compared', 'wrong'],
    rows: [...Map.groupBy(all.filter(isCheck), (one) => String(one['peer']))].map(([peer, checks]) => [
      peer,
      sum(checks, 'checked'),
      sum(checks, 'wrong'),
    ]),
  });
  return tables.filter(({ rows }) => rows.length > 0);
}

function tableOf(kind: BodyKind, peers: readonly Measurement[]): Table {
  const own = peers.filter(({ bodies }) => bodies === kind);
  const middleware = (connections: unknown): number | undefined =>
    own.find((one) => one['peer'] === 'express + http-proxy-middleware' && one['connections'] === connections)?.[
      'requests_per_second'
    ] as number | undefined;
  return {
    name: `peers-${kind}`,
    header: ['through', 'connections', FIGURES[0]!, 'x middleware', ...FIGURES.slice(1)],
    rows: own
      .toSorted((a, b) => Number(a['connections']) - Number(b['connections']))
      .map((one) => {
        const base = middleware(one['connections']);
        const [perSecond, ...rest] = figures(one);
        const ratio = base === undefined ? '–' : (Number(one['requests_per_second']) / base).toFixed(2);
        return [String(one['peer']), Number(one['connections']), perSecond!, ratio, ...rest];
      }),
  };
}

function figures(one: Measurement): Cells {
  const { p50, p90, p95, p99 } = one['latency_ms'] as Percentiles;
  const [cpu, rss] = [one['cpu_seconds_per_10k'], one['rss_mb']] as (number | null)[];
  return [
    figure(one['requests_per_second'] as number),
    ...[p50, p90, p95, p99].map((value) => figure(value)),
    figure(cpu, 2),
    figure(rss),
    figure(one['wrong_answers'] as number),
  ];
}

/** By name, then connections; the order of the rest is kept. */
function order(a: Measurement, b: Measurement): number {
  return String(a['peer']).localeCompare(String(b['peer'])) || Number(a['connections']) - Number(b['connections']);
}

function isCheck({ bench }: Measurement): boolean {
  return bench === 'peers-answers';
}

function sum(all: readonly Measurement[], name: string): number {
  return all.reduce((total, one) => total + Number(one[name]), 0);
}
