/**
 * `node test/bench/audit-pages.ts [entries]`: pages of the audit log with every kind of filter, an export and a verification, on a
 * log of 1,000,000 entries over the API as Admins use it. Each figure is a line of JSON; the table after them is for people.
 */
import { createHash } from 'node:crypto';
import { cpus } from 'node:os';
import { openDatabase } from '../../admin-api/db/knex.ts';
import type { AuditFilter } from '../../admin-api/audit/audit-filter.ts';
import { httpClient } from '../support/http-client.ts';
import { startStack } from '../support/quickstart-stack.ts';
import { AUDIT_QUERIES } from './audit-queries.ts';
import { loadAuditEntries } from './load-audit-entries.ts';
import { percentilesOf, round } from './percentiles.ts';
import { usageOf } from './process-usage.ts';
import { reportLine, table, type Measurement } from './report.ts';

const ENTRIES = Number(process.argv[2] ?? 1_000_000);
const ROUNDS = 10;
const WATCH_EVERY_MS = 50;

const all: Measurement[] = [];
const tell = (measurement: Measurement): void => {
  all.push(measurement);
  console.log(reportLine(measurement));
};

const stack = await startStack('embedded', { HALLPASS_LOG_LEVEL: 'warn' });
try {
  tell({ bench: 'machine', node: process.version, cpus: cpus().length, model: cpus()[0]?.model ?? null });
  tell({ bench: 'audit-load', entries: ENTRIES, seconds: round((await load()) / 1000) });
  const api = httpClient(stack.urls.admin, await stack.tokenOf('admin'));
  for (const [name, filter] of Object.entries(AUDIT_QUERIES)) {
    for (const [from, cursor] of [
      ['end', null],
      ['middle', Buffer.from(JSON.stringify([ENTRIES / 2])).toString('base64url')],
    ] as const) {
      const times: number[] = [];
      let items = 0;
      for (let turn = 0; turn < ROUNDS; turn += 1) {
        const startedAt = performance.now();
        const answer = await api.get(`/v1/audit-events?${queryOf(filter, cursor)}`);
        times.push(performance.now() - startedAt);
        if (answer.status !== 200) throw new Error(`${name}: ${answer.status} ${answer.text}`);
        items = answer.body.items.length;
      }
      tell({ bench: 'audit-page', query: name, from, items, page_ms: percentilesOf(times) });
    }
  }
  tell(await measureExport());
  tell(await measureVerification());
} finally {
  await stack.stop();
}
const pages = all.filter(({ bench }) => bench === 'audit-page');
console.log(
  `\n${table(
    ['query', 'from', 'items', 'p50 ms', 'p90 ms', 'max ms'],
    pages.map(({ query, from, items, page_ms }) => {
      const { p50, p90, max } = page_ms as { p50: number; p90: number; max: number };
      return [query, from, items, p50, p90, max] as (string | number)[];
    }),
  )}`,
);

async function load(): Promise<number> {
  const knex = openDatabase(stack.databaseUrl, 1);
  try {
    // A log of its own in place of what the quickstart wrote at its start.
    await knex.raw('ALTER TABLE audit_entries DISABLE TRIGGER ALL');
    await knex('audit_entries').delete();
    await knex.raw('ALTER TABLE audit_entries ENABLE TRIGGER ALL');
    return await loadAuditEntries(knex, ENTRIES);
  } finally {
    await knex.destroy();
  }
}

function queryOf(filter: AuditFilter, cursor: string | null): URLSearchParams {
  const query = new URLSearchParams({ limit: '50' });
  for (const [name, value] of Object.entries(filter)) query.set(name, String(value));
  if (cursor !== null) query.set('cursor', cursor);
  return query;
}

/** The process that answers HTTP; its memory is what must stay flat. */
async function adminPid(): Promise<number> {
  const metrics = await (await fetch(`${stack.urls.admin_ops}/metrics`)).text();
  const startedAt = /^process_start_time_seconds (\S+)/m.exec(metrics)?.[1];
  const { readdirSync, readFileSync } = await import('node:fs');
  const pid = readdirSync('/proc').find((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
      return command.includes('quickstart/admin-main.ts') && command.includes(stack.dataDir);
    } catch {
      return false;
    }
  });
  if (pid === undefined || startedAt === undefined) throw new Error('The admin API was not found.');
  return Number(pid);
}

async function measureExport(): Promise<Measurement> {
  const pid = await adminPid();
  const before = usageOf(pid);
  let peak = before?.rssMb ?? 0;
  const watch = setInterval(() => (peak = Math.max(peak, usageOf(pid)?.rssMb ?? 0)), WATCH_EVERY_MS);
  const startedAt = performance.now();
  const answer = await fetch(`${stack.urls.admin}/v1/audit-events/export?format=ndjson`, {
    headers: { authorization: `Bearer ${await stack.tokenOf('admin')}` },
  });
  const digest = createHash('sha256');
  let bytes = 0;
  let tail = '';
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    tail = (tail + Buffer.from(chunk).toString('latin1')).slice(-2_000);
    digest.update(chunk);
  }
  clearInterval(watch);
  const seconds = (performance.now() - startedAt) / 1000;
  const end = JSON.parse(tail.slice(tail.lastIndexOf('{"export_end"'))) as { export_end: { entries: number } };
  return {
    bench: 'audit-export',
    entries: end.export_end.entries,
    megabytes: Math.round(bytes / 1e6),
    seconds: round(seconds),
    rss_mb_before: before?.rssMb ?? null,
    rss_mb_peak: peak,
  };
}

async function measureVerification(): Promise<Measurement> {
  const api = httpClient(stack.urls.admin, await stack.tokenOf('admin'));
  const startedAt = performance.now();
  const parts: number[] = [];
  let after: number | undefined;
  let entries = 0;
  for (;;) {
    const partAt = performance.now();
    const { body } = await api.post('/v1/audit-events/verify', after === undefined ? {} : { after });
    parts.push(performance.now() - partAt);
    if (body.sound !== true) throw new Error(JSON.stringify(body));
    entries += body.entries;
    after = body.to;
    if (body.done) break;
  }
  const seconds = round((performance.now() - startedAt) / 1000);
  return { bench: 'audit-verify', entries, seconds, part_ms: percentilesOf(parts) };
}
