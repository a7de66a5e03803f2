import type { Knex } from '../db/knex.ts';
import { idIn, whereAudit, type AuditConditions, type SequenceSpan } from './audit-conditions.ts';
import type { AuditFilter } from './audit-filter.ts';
import { ENTRY_COLUMNS, type AuditRow } from './audit-rows.ts';

/**
 * How far back each step looks, newest first. Most pages are full after the first, which is read in order; later steps
 * put the indexes of all conditions on top of each other, and a step has no more matches to sort than it has entries.
 */
const STEPS = [2_000, 32_000, 128_000] as const;

/**
 * The newest entries that match, `limit` at the most, newest first.
 *
 * One index can't both find and order for every combination of filters. Left to itself, the database either walks back through
 * all entries for a rare word, or fetches and sorts half the log for a common one; looking back in growing steps does neither.
 */
export async function findAuditEntries(knex: Knex, conditions: AuditConditions, limit: number): Promise<AuditRow[]> {
  const { span, filter } = conditions;
  if (hasOrderedIndex(filter)) return readSpan(knex, conditions, span, limit, 'ordered');
  const found: AuditRow[] = [];
  let { high } = span;
  for (let step = 0; high >= span.low && found.length < limit; step += 1) {
    const size = STEPS[Math.min(step, STEPS.length - 1)] as number;
    const low = Math.max(span.low, high - size + 1);
    const way = step === 0 ? 'ordered' : 'matched';
    found.push(...(await readSpan(knex, conditions, { low, high }, limit - found.length, way)));
    high = low - 1;
  }
  return found;
}

/** Whether the one condition there is (or none) has an index that is in the order of the log. */
function hasOrderedIndex(filter: AuditFilter): boolean {
  const { from: _, to: __, q, ...exact } = filter;
  const given = Object.values(exact).filter((value) => value !== undefined);
  if (idIn(q) !== null || exact.request_id !== undefined || exact.grant_id !== undefined) return true;
  if (exact.evaluation_id !== undefined) return true;
  if (q !== undefined && q !== '') return false;
  if (given.length > 1 || exact.resource !== undefined) return false;
  return exact.type === undefined || exact.type.length === 1;
}

async function readSpan(
  knex: Knex,
  conditions: AuditConditions,
  { low, high }: SequenceSpan,
  limit: number,
  way: 'ordered' | 'matched',
): Promise<AuditRow[]> {
  const within = knex('audit_entries')
    .whereBetween('sequence', [low, high])
    .modify((query) => whereAudit(query, conditions));
  if (way === 'ordered') return within.select(ENTRY_COLUMNS).orderBy('sequence', 'desc').limit(limit);
  return knex
    .withMaterialized('matches', within.select('sequence'))
    .select(ENTRY_COLUMNS.map((column) => `audit_entries.${column}`))
    .from('audit_entries')
    .whereIn('audit_entries.sequence', (newest) => {
      void newest.select('sequence').from('matches').orderBy('sequence', 'desc').limit(limit);
    })
    .orderBy('audit_entries.sequence', 'desc');
}
