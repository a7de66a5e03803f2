import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appendAuditEntries } from '../../admin-api/audit/append-audit-entries.ts';
import { readyConditions } from '../../admin-api/audit/audit-conditions.ts';
import type { AuditFilter } from '../../admin-api/audit/audit-filter.ts';
import { findAuditEntries } from '../../admin-api/audit/find-audit-entries.ts';
import type { Knex } from '../../admin-api/db/knex.ts';
import type { AuditDraft } from '../../admin-api/db/unit-of-work.ts';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { PROFILES } from '../support/test-services.ts';

const ENTRIES = 20_000;
const START_MS = Date.parse('2025-01-01T00:00:00Z');
const STEP_MS = 60_000;
const PEOPLE = ['ada', 'bob', 'cleo'].map((name) => ({ id: `per_${name}`, name, email: `${name}@example.com` }));
const TYPES = ['access-request.submitted', 'access-request.approved', 'session.started'] as const;

/** Entry `place` of a log whose every part is known, so that what must be found can be counted. */
function draftAt(place: number): AuditDraft {
  const actor = PEOPLE[place % 3] ?? null;
  const resource = { type: 'connection', id: `service-${place % 7}` };
  const given = { type: 'connection', id: `service-${place % 11}` };
  return {
    type: TYPES[place % 2 === 0 ? 0 : place % 5 === 0 ? 2 : 1] as AuditDraft['type'],
    actor,
    subject: PEOPLE[(place + 1) % 3] ?? null,
    request_id: `req_${Math.floor(place / 4)}`.padEnd(12, 'x'),
    evaluation_id: place % 10 === 0 ? `ev_${place}`.padEnd(12, 'x') : null,
    summary: `Entry ${place} of ${place < ENTRIES / 10 ? 'the old days' : 'today'}.`,
    details: {
      reason: `Ticket INC-${place} ${place % 2 === 0 ? 'deploy' : 'look'} Ünïcode 100%_safe`,
      asked: { entitlement: { kind: 'resource', resource } },
      given: { entitlement: { kind: 'resource', resource: given } },
    },
  };
}

describe.each(PROFILES)('searching the audit log, %s', (profile) => {
  let api: TestAdminApi;
  let knex: Knex;
  let first: number;
  beforeAll(async () => {
    api = await startAdminApi(profile);
    knex = api.running.parts.knex;
    first = ((await knex('audit_head').first()).sequence as number) + 1;
    for (let place = 0; place < ENTRIES; place += 500) {
      const drafts = Array.from({ length: 500 }, (_, offset) => draftAt(place + offset));
      // One commit each 500; times go on within the log, with one commit that is late.
      const lateMs = place === 5_000 ? 750 * STEP_MS : 0;
      await knex.transaction((trx) => appendAuditEntries(trx, drafts, START_MS + place * STEP_MS - lateMs));
    }
  }, 120_000);
  afterAll(() => api.stop());

  /** All pages of a filter, as places in the log; every page but the last is full. */
  async function placesOf(filter: AuditFilter, limit = 200): Promise<number[]> {
    const places: number[] = [];
    let before: number | null = null;
    for (;;) {
      const rows = await findAuditEntries(knex, await readyConditions(knex, filter, before), limit);
      places.push(...rows.filter((row) => row.sequence >= first).map((row) => row.sequence - first));
      if (rows.length < limit) return places;
      before = rows.at(-1)?.sequence ?? null;
    }
  }

  const all = Array.from({ length: ENTRIES }, (_, place) => place).toReversed();
  const timeOf = (place: number) => {
    const commit = Math.floor(place / 500) * 500;
    return START_MS + commit * STEP_MS - (commit === 5_000 ? 750 * STEP_MS : 0);
  };
  const at = (place: number) => new Date(timeOf(place)).toISOString();
  const has = (place: number, key: number) => place % 7 === key || place % 11 === key;

  it.each<[string, AuditFilter, (place: number) => boolean]>([
    ['a type', { type: ['session.started'] }, (place) => draftAt(place).type === 'session.started'],
    [
      'several types',
      { type: ['session.started', 'access-request.approved', 'scope.created'] },
      (place) => place % 2 === 1,
    ],
    ['an actor', { actor: 'per_bob' }, (place) => place % 3 === 1],
    ['a subject', { subject: 'per_bob' }, (place) => place % 3 === 0],
    ['a resource, asked for or given', { resource: 'connection:service-3' }, (place) => has(place, 3)],
    ['a common word', { q: 'deploy' }, (place) => place % 2 === 0],
    ['a word of long ago', { q: 'OLD days' }, (place) => place < ENTRIES / 10],
    ['a rare word', { q: 'inc-1234' }, (place) => place === 1_234],
    ['the beginning of a word', { q: 'inc-1234*' }, (place) => String(place).startsWith('1234')],
    ['beginnings among whole words', { q: 'dep* old' }, (place) => place % 2 === 0 && place < ENTRIES / 10],
    ['a part of a word only', { q: 'deplo' }, () => false],
    ['a word with marks', { q: 'ÜNÏC*' }, () => true],
    ['signs that mean something elsewhere', { q: `100%_safe & !'x` }, () => false],
    ['a name', { q: 'cleo example' }, (place) => place % 3 !== 0],
    ['words that never meet', { q: 'deploy look' }, () => false],
    [
      'type, actor and word',
      { type: ['access-request.submitted'], actor: 'per_ada', q: 'deploy' },
      (place) => place % 6 === 0,
    ],
    [
      'actor and resource',
      { actor: 'per_ada', resource: 'connection:service-2' },
      (place) => place % 3 === 0 && has(place, 2),
    ],
    [
      'a span of time',
      { from: at(5_000), to: at(6_000) },
      (place) => timeOf(place) >= timeOf(5_000) && timeOf(place) < timeOf(6_000),
    ],
    ['the time of a late commit only', { from: at(5_000), to: at(4_500) }, (place) => place >= 5_000 && place < 5_500],
    ['a word within a time', { q: 'look', from: at(19_000) }, (place) => place >= 19_000 && place % 2 === 1],
    ['an actor before a time', { actor: 'per_cleo', to: at(1_000) }, (place) => place < 1_000 && place % 3 === 2],
    ['an evaluation', { evaluation_id: 'ev_120xxxxxx' }, (place) => place === 120],
    ['an evaluation, as text', { q: 'ev_120xxxxxx' }, (place) => place === 120],
    ['a request', { request_id: 'req_50xxxxxx' }, (place) => place >= 200 && place < 204],
  ])('finds by %s exactly what is there, newest first, page by page', async (_, filter, isMeant) => {
    expect(await placesOf(filter)).toEqual(all.filter(isMeant));
  });

  it('gives pages that go on exactly where the last one ended, also while entries are added', async () => {
    const get = async (query: string) => (await api.as('admin').get(`/v1/audit-events?${query}`)).body;
    const one = await get('actor=per_ada&limit=3');
    await api.as('member').post('/v1/access-requests', { role: 'admin', reason: 'between', duration_seconds: 60 });
    const two = await get(`actor=per_ada&limit=3&cursor=${one.next_cursor}`);
    const sequences = [...one.items, ...two.items].map((item: { sequence: number }) => item.sequence);
    expect(sequences).toEqual(sequences.map((_, place) => (sequences[0] as number) - place * 3));
    const [{ id }] = one.items;
    expect(await get(`q=${id}`)).toMatchObject({ items: [{ id }], next_cursor: null });
    expect((await api.as('admin').get(`/v1/audit-events/${id}`)).body).toEqual(one.items[0]);
  });

  it('refuses what is no filter, naming the field', async () => {
    for (const [query, field] of [
      ['type=grant.created,grant.stolen', 'type'],
      ['actor=a%20b', 'actor'],
      ['resource=connection', 'resource'],
      ['resource=role:king', 'resource'],
      ['from=2025-01-01', 'from'],
      ['from=2025-02-01T00:00:00Z&to=2025-01-01T00:00:00Z', 'to'],
      ['q=%25%25', 'q'],
      [`q=${'x'.repeat(201)}`, 'q'],
      ['cursor=abc', 'cursor'],
      ['limit=0', 'limit'],
      ['colour=red', 'colour'],
    ] as const) {
      const { status, body } = await api.as('admin').get(`/v1/audit-events?${query}`);
      expect([query, status, body.errors?.[0]?.field]).toEqual([query, 422, field]);
    }
    expect((await api.as('admin').get('/v1/audit-events/evt_none')).status).toBe(404);
    for (const path of ['', '/evt_none', '/thread?request_id=req_1', '/export?format=csv']) {
      expect([path, (await api.as('member').get(`/v1/audit-events${path}`)).status]).toEqual([path, 403]);
    }
  });
});
