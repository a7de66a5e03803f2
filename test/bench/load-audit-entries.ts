import { GENESIS_HASH, hashAuditEntry, type AuditEntry } from '../../admin-api/audit/audit-entry.ts';
import type { Knex } from '../../admin-api/db/knex.ts';
import type { AuditType } from '../../core/access/audit-type.ts';

export const AUDIT_PEOPLE = 2_000;
export const AUDIT_RESOURCES = 500;
/** Somebody who did much, long ago: everything about them lies in the first tenth of the log. */
export const GONE_PERSON = 'per_gone';
/** In every second reason; in a twentieth of the old ones and in none since; in one. */
export const COMMON_WORD = 'deploy';
export const FORGOTTEN_WORD = 'mainframe';
export const RARE_WORD = 'INC-777777';
export const FIRST_TIME_MS = Date.parse('2024-01-01T00:00:00Z');
/** The log spans two years, whatever its length. */
const SPAN_MS = 2 * 365 * 86_400_000;
const BATCH = 5_000;
const PER_REQUEST = 5;

const STORY: readonly AuditType[] = [
  'access-request.submitted',
  'access-request.approved',
  'grant.created',
  'grant.first-used',
  'grant.expired',
];

/**
 * A valid chain as years of use would leave it: stories of five entries, with sign-ins between them. The indexes for searching are
 * made after it, which is ten times as fast.
 * @returns how long it took, in milliseconds
 */
export async function loadAuditEntries(knex: Knex, count: number): Promise<number> {
  const startedAt = performance.now();
  const indexes = await dropIndexes(knex);
  let hash = GENESIS_HASH;
  for (let first = 1; first <= count; first += BATCH) {
    const rows = [];
    for (let sequence = first; sequence < Math.min(first + BATCH, count + 1); sequence += 1) {
      const entry = entryAt(sequence, count, hash);
      hash = hashAuditEntry(entry);
      rows.push({ ...entry, hash });
    }
    await knex.raw(
      `INSERT INTO audit_entries (sequence, id, time, type, actor, subject, request_id, grant_id, evaluation_id, summary,
                                  details, previous_hash, hash)
       SELECT * FROM jsonb_to_recordset(?::jsonb) AS entry (
         sequence bigint, id text, time timestamptz, type text, actor jsonb, subject jsonb, request_id text, grant_id text,
         evaluation_id text, summary text, details jsonb, previous_hash text, hash text)`,
      [JSON.stringify(rows)],
    );
  }
  await knex('audit_head').update({ sequence: count, hash, latest_time: new Date(timeAt(count, count)) });
  await knex.raw(`SET maintenance_work_mem = '256MB'`);
  for (const definition of indexes) await knex.raw(definition);
  await knex.raw('VACUUM ANALYZE audit_entries');
  return performance.now() - startedAt;
}

function entryAt(sequence: number, count: number, previous_hash: string): AuditEntry {
  const story = Math.floor((sequence - 1) / (PER_REQUEST + 1));
  const step = (sequence - 1) % (PER_REQUEST + 1);
  const isOld = sequence <= count / 10;
  const who = isOld && story % 2 === 0 ? gone() : person((story * 7919) % AUDIT_PEOPLE);
  const common = {
    sequence,
    id: `evt_${sequence.toString(16).padStart(32, '0')}`,
    time: new Date(timeAt(sequence, count)).toISOString(),
    previous_hash,
  };
  if (step === PER_REQUEST) {
    return {
      ...common,
      type: 'session.started',
      actor: who,
      subject: who,
      request_id: null,
      grant_id: null,
      evaluation_id: null,
      summary: `${who.email} signed in.`,
      details: { session_id: `ses_${sequence}`, way: 'oidc' },
    };
  }
  const type = STORY[step] as AuditType;
  const entitlement = {
    kind: 'resource',
    resource: { type: 'connection', id: `service-${(story * 31) % AUDIT_RESOURCES}` },
  };
  const words = [
    story % 2 === 0 ? COMMON_WORD : 'look',
    isOld && story % 20 === 3 ? FORGOTTEN_WORD : 'service',
    sequence === Math.floor(count / 3) - (Math.floor(count / 3) % 6) + 1 ? RARE_WORD : `INC-${story}`,
  ];
  const terms = { entitlement, duration_seconds: 3_600 };
  return {
    ...common,
    type,
    actor: step === 1 ? person(story % 20) : step > 1 ? null : who,
    subject: who,
    request_id: `req_${story.toString(16).padStart(32, '0')}`,
    grant_id: step > 1 ? `grt_${story.toString(16).padStart(32, '0')}` : null,
    evaluation_id: step < 2 ? `ev_${story.toString(16).padStart(32, '0')}` : null,
    summary: `${who.name}: ${type.replace('.', ' ')} of connection:${entitlement.resource.id}.`,
    details:
      step > 1
        ? { ...terms, origin: 'request' }
        : {
            asked: terms,
            reason: `Need to ${words.join(' ')} for the customer.`,
            policy: { revision: 'r1', reasons: [] },
          },
  };
}

function timeAt(sequence: number, count: number): number {
  return FIRST_TIME_MS + Math.floor((sequence / count) * SPAN_MS);
}

function person(number: number): { id: string; email: string; name: string } {
  return { id: `per_${number}`, email: `person${number}@example.com`, name: `Person ${number}` };
}

function gone(): { id: string; email: string; name: string } {
  return { id: GONE_PERSON, email: 'gone@example.com', name: 'Gone Person' };
}

/** @returns what makes them again */
async function dropIndexes(knex: Knex): Promise<string[]> {
  const { rows } = await knex.raw<{ rows: { indexname: string; indexdef: string }[] }>(
    `SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'audit_entries' AND indexname LIKE 'audit_entries_by_%'`,
  );
  for (const { indexname } of rows) await knex.raw('DROP INDEX ??', [indexname]);
  return rows.map(({ indexdef }) => indexdef);
}
