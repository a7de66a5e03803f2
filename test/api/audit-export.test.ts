import { createHash } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EXPORT_FORMATS } from '../../admin-api/audit/export-format.ts';
import { appendAuditEntries } from '../../admin-api/audit/append-audit-entries.ts';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { PROFILES } from '../support/test-services.ts';
import { waitUntil } from '../support/wait-until.ts';

interface Exported {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

describe.each(PROFILES)('the export of the audit log, %s', (profile) => {
  let api: TestAdminApi;
  beforeAll(async () => {
    api = await startAdminApi(profile);
    for (const [name, reason] of [
      ['member', '=HYPERLINK("http://evil.test")'],
      ['member2', 'He said "no",\r\nthen yes.'],
      ['viewer', 'INC-42'],
    ] as const) {
      const asked = await api.as(name).post('/v1/access-requests', { role: 'admin', reason, duration_seconds: 60 });
      expect(asked.status).toBe(201);
    }
  });
  afterAll(() => api.stop());

  async function take(query: string): Promise<Exported> {
    const answer = await fetch(`${api.url}/v1/audit-events/export?${query}`, {
      headers: { authorization: `Bearer ${await api.tokenOf('admin')}` },
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  }

  it('gives every entry exactly, oldest first, and ends with how many there were', async () => {
    const { status, headers, text } = await take('format=ndjson');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/x-ndjson');
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="hallpass-audit-[\dTZ-]+\.ndjson"$/);
    const lines = text.trimEnd().split('\n');
    const last = JSON.parse(lines.pop() as string);
    const entries = lines.map((line) => JSON.parse(line));
    const { items } = (await api.as('admin').get('/v1/audit-events?limit=200')).body;
    const before = items.filter((item: { sequence: number }) => item.sequence <= last.export_end.head.sequence);
    expect(entries).toEqual(before.toReversed());
    expect(last.export_end).toEqual({
      entries: entries.length,
      head: { sequence: entries.length, hash: entries.at(-1).hash },
      sha256: createHash('sha256')
        .update(`${lines.join('\n')}\n`)
        .digest('hex'),
    });
    expect(Number(headers.get('hallpass-export-at-most'))).toBe(entries.length);
  });

  it('is itself an entry, with who and what', async () => {
    await take('format=csv&type=grant.created,grant.expired&q=member');
    const { items } = (await api.as('admin').get('/v1/audit-events?type=audit.exported&limit=1')).body;
    expect(items).toMatchObject([
      {
        actor: { email: 'admin@example.com' },
        summary: expect.stringContaining('filtered as CSV'),
        details: { format: 'csv', filter: { type: ['grant.created', 'grant.expired'], q: 'member' } },
      },
    ]);
  });

  it('is CSV as RFC 4180 has it, and nothing in it is run by a spreadsheet', async () => {
    const { headers, text } = await take('format=csv&type=access-request.submitted');
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    const records = parseCsv(text);
    const [names, ...rows] = records as [string[], ...string[][]];
    expect(rows.every((row) => row.length === names.length)).toBe(true);
    const column = (name: string) => rows.map((row) => row[names.indexOf(name)]);
    expect(column('reason')).toEqual([`'=HYPERLINK("http://evil.test")`, 'He said "no",\r\nthen yes.', 'INC-42', '']);
    expect(column('type').at(-1)).toBe('export.end');
    expect(column('summary').at(-1)).toBe('3 entries');
    expect(column('resource').slice(0, 3)).toEqual(['role:admin', 'role:admin', 'role:admin']);
  });

  it('is narrowed by the filters that narrow the page', async () => {
    for (const filter of ['q=inc-42', `subject=${api.idOf('member')}`, 'resource=role:admin', 'q=nowhere']) {
      const { text } = await take(`format=ndjson&${filter}`);
      const ids = text
        .trimEnd()
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line).id);
      const { items } = (await api.as('admin').get(`/v1/audit-events?limit=200&${filter}`)).body;
      const shown = items.map((item: { id: string }) => item.id).toReversed();
      expect([filter, ids.filter((id) => shown.includes(id))]).toEqual([filter, shown]);
      expect([filter, ids.length]).toEqual([filter, shown.length]);
    }
  });

  it('is refused to members, without a format, and with a filter that is wrong', async () => {
    const as = (name: string, query: string) => api.as(name).get(`/v1/audit-events/export?${query}`);
    expect((await as('member', 'format=csv')).status).toBe(403);
    for (const [query, field] of [
      ['', 'format'],
      ['format=xml', 'format'],
      ['format=csv&type=nothing', 'type'],
      ['format=csv&from=yesterday', 'from'],
    ] as const) {
      const answer = await as('admin', query);
      expect([query, answer.status, answer.body.errors[0].field]).toEqual([query, 422, field]);
    }
  });

  it('stops reading when the client goes away, and says so to nobody', async () => {
    const { knex } = api.running.parts;
    const drafts = Array.from({ length: 500 }, (_, place) => ({
      type: 'resource.changed' as const,
      actor: null,
      subject: null,
      summary: `filler ${place}`,
      details: { text: 'x'.repeat(3_000) },
    }));
    for (let round = 0; round < 60; round += 1) {
      await knex.transaction((trx) => appendAuditEntries(trx, drafts, Date.now()));
    }
    const queries: string[] = [];
    const listen = ({ sql }: { sql: string }) => void (/"about" from "audit_entries"/.test(sql) && queries.push(sql));
    knex.on('query', listen);
    const call = httpRequest(`${api.url}/v1/audit-events/export?format=ndjson`, {
      headers: { authorization: `Bearer ${await api.tokenOf('admin')}` },
    });
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      call.on('response', resolve).on('error', reject).end();
    });
    // Nobody reads on, so the database is read no further than the sockets take.
    answer.pause().on('error', () => {});
    await waitUntil('the export to begin', () => queries.length > 0);
    call.destroy();
    const before = queries.length;
    const whole = await take('format=ndjson&q=filler');
    expect(JSON.parse(whole.text.trimEnd().split('\n').at(-1) as string).export_end.entries).toBe(30_000);
    // It takes 31 queries, each; had the first one gone on, it would have been through by now.
    expect(before).toBeLessThan(20);
    expect(queries.length).toBeLessThan(before + 31 + 12);
    knex.off('query', listen);
  }, 60_000);
});

describe('a cell of the CSV', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@x', "'@x"],
    ['\tx', `"'\tx"`.replaceAll('"', '')],
    ['plain', 'plain'],
  ])('%j is written as %j', (reason, cell) => {
    const entry = {
      sequence: 1,
      id: 'evt_1',
      time: '2026-01-01T00:00:00.000Z',
      type: 'x',
      actor: null,
      subject: null,
      request_id: null,
      grant_id: null,
      evaluation_id: null,
      summary: '',
      details: { reason },
      previous_hash: '',
      hash: '',
    };
    const [record] = parseCsv(EXPORT_FORMATS.csv.line(entry, null)) as [string[]];
    expect(record[15]).toBe(cell);
  });
});

/** RFC 4180, as a reader of its own would do it. */
function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] as string;
    if (isQuoted) {
      if (char !== '"') cell += char;
      else if (text[at + 1] === '"') cell += text[(at += 1)];
      else isQuoted = false;
    } else if (char === '"') isQuoted = true;
    else if (char === ',') {
      record.push(cell);
      cell = '';
    } else if (char === '\r' && text[at + 1] === '\n') {
      records.push([...record, cell]);
      record = [];
      cell = '';
      at += 1;
    } else cell += char;
  }
  return records;
}
