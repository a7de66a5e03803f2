import type { Knex } from '../db/knex.ts';
import { hasId, whereAudit, whereMarked, type AuditConditions, type SequenceSpan } from './audit-conditions.ts';
import { ENTRY_COLUMNS, type AuditRow } from './audit-rows.ts';

/** Entries that are looked through one by one before an index is asked: most pages are full by then. */
const WALK = 2_000;
/** As in `migrations/0018-audit-search.ts`. */
const BUCKET = 16_384;
/** Buckets of one question: no more matches have to be read, to find the newest of them, than there are entries in these. */
const MAX_BUCKETS = 4;

/**
 * The newest entries that match, newest first.
 *
 * No index finds and orders for every combination of filters. Left to itself, the database either walks back through all entries for
 * what is rare, or reads and sorts half the log for what was common long ago. So one condition uses its own index, which is in the
 * order of the log; several are put on top of each other by one index over all of them, a part of the log at a time, backwards.
 * @param limit how many at the most
 */
export async function findAuditEntries(knex: Knex, conditions: AuditConditions, limit: number): Promise<AuditRow[]> {
  const { span } = conditions;
  if (hasId(conditions.filter) || hasOrderedIndex(conditions)) return inOrder(knex, conditions, span, limit);
  const walked = { low: Math.max(span.low, span.high - WALK + 1), high: span.high };
  const found = await inOrder(knex, conditions, walked, limit);
  let high = walked.low - 1;
  // The beginning of a word costs the index the same for a part of the log as for all of it.
  const isBeginning = conditions.words?.includes(':*') === true;
  for (let many = 1; high >= span.low && found.length < limit; many = Math.min(many * 2, MAX_BUCKETS)) {
    high = Math.min(high, await newestPossible(knex, conditions, high));
    if (high < span.low) break;
    const newest = Math.floor(high / BUCKET);
    const oldest = Math.max(newest - many + 1, Math.floor(span.low / BUCKET));
    const low = isBeginning ? span.low : Math.max(span.low, oldest * BUCKET);
    found.push(...(await byMarks(knex, conditions, { low, high }, limit - found.length, isBeginning)));
    high = low - 1;
  }
  return found;
}

/**
 * From where on down there can be a match: somebody who is long gone is not looked for in what came since.
 * @returns 0 when there can be none
 */
async function newestPossible(knex: Knex, { filter }: AuditConditions, high: number): Promise<number> {
  const { actor, subject, type } = filter;
  const newest = [
    ...(actor === undefined ? [] : [knex('audit_entries').where({ actor_id: actor })]),
    ...(subject === undefined ? [] : [knex('audit_entries').where({ subject_id: subject })]),
    ...(type?.length === 1 ? [knex('audit_entries').where({ type: type[0] as string })] : []),
  ].map((query) => query.where('sequence', '<=', high).max('sequence as newest').first<{ newest: number | null }>());
  return Math.min(high, ...(await Promise.all(newest)).map((row) => row?.newest ?? 0));
}

/** Whether there is no condition but times, or the one there is has an index of its own. */
function hasOrderedIndex({ filter, words }: AuditConditions): boolean {
  const { type, actor, subject, resource } = filter;
  const given = [type, actor, subject, resource, words ?? undefined].filter((value) => value !== undefined);
  return (
    given.length === 0 || (given.length === 1 && (type?.length === 1 || actor !== undefined || subject !== undefined))
  );
}

function inOrder(
  knex: Knex,
  conditions: AuditConditions,
  { low, high }: SequenceSpan,
  limit: number,
): Promise<AuditRow[]> {
  return rowsOf(knex, (matches) => {
    void matches
      .whereBetween('sequence', [low, high])
      .modify((query) => whereAudit(query, conditions))
      .orderBy('sequence', 'desc')
      .limit(limit);
  });
}

function byMarks(
  knex: Knex,
  conditions: AuditConditions,
  { low, high }: SequenceSpan,
  limit: number,
  everywhere: boolean,
): Promise<AuditRow[]> {
  const oldest = Math.floor(low / BUCKET);
  const count = everywhere ? 0 : Math.floor(high / BUCKET) - oldest + 1;
  const buckets = Array.from({ length: count }, (_, place) => oldest + place);
  return rowsOf(knex, (matches) => {
    void matches
      .modify((query) => whereMarked(query, conditions, buckets))
      // Kept from the index on sequences, which would read all that lies between.
      .whereRaw('sequence + 0 BETWEEN ? AND ?', [low, high])
      .orderByRaw('sequence + 0 DESC')
      .limit(limit);
  });
}

/** Looks for sequences only, which an index can answer by itself, and fetches the entries of those that were found. */
function rowsOf(knex: Knex, narrow: (matches: Knex.QueryBuilder) => void): Promise<AuditRow[]> {
  return knex
    .withMaterialized('matches', (matches) => void matches.select('sequence').from('audit_entries').modify(narrow))
    .select(ENTRY_COLUMNS)
    .from('audit_entries')
    .whereIn('sequence', (newest) => void newest.select('sequence').from('matches'))
    .orderBy('sequence', 'desc');
}
