import type { Percentiles } from './percentiles.ts';
import { figure, type Measurement, type Table } from './report.ts';

/** What DESIGN promises of speed, beside what was measured last. A line that was never measured says so. */
export function promisesTable(all: readonly Measurement[]): Table {
  const rows = [
    ...throughputRows(all),
    ...decisionRows(all),
    ...propagationRows(all),
    expiryRow(all),
    cutsRow(all),
    snapshotRow(all),
  ];
  return {
    name: 'promises',
    header: ['promised', 'measured', ''],
    rows: rows.map(({ promise, measured, isMet }) => [promise, measured ?? 'not measured', verdictOf(measured, isMet)]),
  };
}

interface Row {
  readonly promise: string;
  readonly measured: string | null;
  readonly isMet: boolean;
}

function verdictOf(measured: string | null, isMet: boolean): string {
  if (measured === null) return '–';
  return isMet ? 'met' : '**missed**';
}

/** @param figures null where one of what it takes was not measured */
function row<T>(promise: string, figures: T | null, text: (figures: T) => string, isMet: (figures: T) => boolean): Row {
  if (figures === null) return { promise, measured: null, isMet: false };
  return { promise, measured: text(figures), isMet: isMet(figures) };
}

function find(
  all: readonly Measurement[],
  bench: string,
  wanted: Readonly<Record<string, unknown>>,
): Measurement | null {
  const fits = (one: Measurement): boolean => Object.entries(wanted).every(([name, value]) => one[name] === value);
  return all.find((one) => one.bench === bench && fits(one)) ?? null;
}

function throughputRows(all: readonly Measurement[]): Row[] {
  const most = Math.max(...all.filter(({ bench }) => bench === 'peers').map(({ grants }) => Number(grants ?? 0)));
  const peer = (name: string, connections: number): Measurement | null =>
    find(all, 'peers', { peer: name, connections, bodies: 'small', ...(name === 'hallpass' ? { grants: most } : {}) });
  const ratio = (other: string): number | null => {
    const [ours, theirs] = [peer('hallpass', 32), peer(other, 32)].map((one) => one?.['requests_per_second']);
    return ours === undefined || theirs === undefined ? null : Number(ours) / Number(theirs);
  };
  const p50 = (name: string): number | null => (peer(name, 1)?.['latency_ms'] as Percentiles | undefined)?.p50 ?? null;
  const [ours, direct] = [p50('hallpass'), p50('direct')];
  const added = ours === null || direct === null ? null : ours - direct;
  const times = (value: number): string => `${value.toFixed(2)} x`;
  return [
    row(
      'requests/s >= 1.8 x bare express + http-proxy-middleware, 32 connections',
      ratio('express + http-proxy-middleware'),
      times,
      (value) => value >= 1.8,
    ),
    row('requests/s >= 0.9 x bare undici, 32 connections', ratio('undici'), times, (value) => value >= 0.9),
    row(
      'added to the p50 of a direct call < 0.15 ms, 1 connection',
      added,
      (ms) => `${figure(ms)} ms`,
      (ms) => ms < 0.15,
    ),
  ];
}

function decisionRows(all: readonly Measurement[]): Row[] {
  const decision = find(all, 'decision', { grants: 100_000 });
  return [
    row(
      'a decision < 20 us at p50 with 100,000 grants of 10,000 people',
      (decision?.['latency_us'] as Percentiles | undefined)?.p50 ?? null,
      (us) => `${figure(us, 1)} us`,
      (us) => us < 20,
    ),
    row(
      'memory for those < 60 MB',
      (decision?.['facts_heap_mb'] as number | undefined) ?? null,
      (mb) => `${figure(mb, 1)} MB`,
      (mb) => mb < 60,
    ),
  ];
}

function propagationRows(all: readonly Measurement[]): Row[] {
  const with100 = find(all, 'propagation', { sidecars: 100 });
  const promises = [
    ['approve to first 200', 'approve_to_first_200_ms'],
    ['revoke to first 403', 'revoke_to_first_403_ms'],
    ['revoke to WebSocket cut', 'revoke_to_socket_cut_ms'],
  ] as const;
  return promises.map(([what, name]) =>
    row(
      `${what}: p99 < 50 ms with 100 sidecars`,
      (with100?.[name] as Percentiles | undefined)?.p99 ?? null,
      (ms) => `${figure(ms, 1)} ms`,
      (ms) => ms < 50,
    ),
  );
}

function expiryRow(all: readonly Measurement[]): Row {
  const late = (find(all, 'expiry', {})?.['honoured_late'] as number | undefined) ?? null;
  return row(
    'of 10,000 grants that end under load, none honoured late',
    late,
    (count) => figure(count),
    (count) => count === 0,
  );
}

function cutsRow(all: readonly Measurement[]): Row {
  const cuts = all.filter(({ bench }) => bench === 'cut').map((one) => (one['cut_ms'] as Percentiles).p99);
  return row(
    'what is open is cut, p99 < 50 ms after the sidecar is told (the slowest kind)',
    cuts.length === 0 ? null : Math.max(...cuts),
    (ms) => `${figure(ms, 1)} ms`,
    (ms) => ms < 50,
  );
}

function snapshotRow(all: readonly Measurement[]): Row {
  const longest = all.find(({ bench, snapshots }) => bench === 'snapshot' && snapshots !== 0)?.['longest_stall_ms'];
  return row(
    'a snapshot of 100,000 grants holds requests for 5 ms at a time at the most',
    (longest as number | undefined) ?? null,
    (ms) => `${figure(ms, 1)} ms`,
    (ms) => ms <= 5,
  );
}
