import type { Knex } from '../db/knex.ts';
import type { AuditFilter } from './audit-filter.ts';

/** Entries from `low` to `high`, both included. Empty when `low > high`. */
export interface SequenceSpan {
  readonly low: number;
  readonly high: number;
}

/** A filter made ready for SQL: words cut as the stored ones were, times turned into sequences. */
export interface AuditConditions {
  readonly filter: AuditFilter;
  /** For `to_tsquery`; null without free text. */
  readonly words: string | null;
  /** Outside of it nothing can match. */
  readonly span: SequenceSpan;
}

const MAX_WORDS = 8;
/** One id instead of words: an evaluation id from a denial page, say. */
const ID_COLUMNS = { evt: 'id', req: 'request_id', grt: 'grant_id', ev: 'evaluation_id' } as const;

/** @param before only entries older than this sequence */
export async function readyConditions(
  knex: Knex,
  filter: AuditFilter,
  before: number | null,
): Promise<AuditConditions> {
  const [words, span] = await Promise.all([readyWords(knex, filter.q), spanOf(knex, filter)]);
  return { filter, words, span: before === null ? span : { ...span, high: Math.min(span.high, before - 1) } };
}

/** All conditions but the sequence, on the columns themselves. */
export function whereAudit(query: Knex.QueryBuilder, conditions: AuditConditions): void {
  const { filter, words } = conditions;
  if (filter.type !== undefined) void query.whereIn('type', filter.type);
  if (filter.actor !== undefined) void query.where({ actor_id: filter.actor });
  if (filter.subject !== undefined) void query.where({ subject_id: filter.subject });
  if (filter.resource !== undefined) {
    const key = filter.resource;
    void query.where((either) => void either.where({ about: key }).orWhere({ about_given: key }));
  }
  if (words !== null) void query.whereRaw(`words @@ to_tsquery('simple', ?)`, [words]);
  whereIds(query, conditions);
  whereTime(query, conditions);
}

/**
 * The same by the one index that knows them all, in a part of the log only.
 * @param buckets which 16,384 entries each; none: all. `migrations/0018-audit-search.ts` has the marks
 */
export function whereMarked(query: Knex.QueryBuilder, conditions: AuditConditions, buckets: readonly number[]): void {
  const { filter, words } = conditions;
  const marks = [
    ...(buckets.length === 0 ? [] : [anyOf(buckets.map((bucket) => `#${bucket}`))]),
    ...(filter.type === undefined ? [] : [anyOf(filter.type.map((type) => `t:${type}`))]),
    ...(filter.actor === undefined ? [] : [anyOf([`a:${filter.actor}`])]),
    ...(filter.subject === undefined ? [] : [anyOf([`s:${filter.subject}`])]),
    ...(filter.resource === undefined ? [] : [anyOf([`r:${filter.resource}`])]),
  ].join(' & ');
  if (marks === '') void query.whereRaw(`words @@ to_tsquery('simple', ?)`, [words]);
  else if (words === null) void query.whereRaw('words @@ ?::tsquery', [marks]);
  else void query.whereRaw(`words @@ (to_tsquery('simple', ?) && ?::tsquery)`, [words, marks]);
  whereTime(query, conditions);
}

function whereIds(query: Knex.QueryBuilder, { filter }: AuditConditions): void {
  if (filter.request_id !== undefined) void query.where({ request_id: filter.request_id });
  if (filter.grant_id !== undefined) void query.where({ grant_id: filter.grant_id });
  if (filter.evaluation_id !== undefined) void query.where({ evaluation_id: filter.evaluation_id });
  const id = idIn(filter.q);
  if (id !== null) void query.where(id.column, id.value);
}

function whereTime(query: Knex.QueryBuilder, { filter }: AuditConditions): void {
  if (filter.from !== undefined) void query.where('time', '>=', filter.from);
  if (filter.to !== undefined) void query.where('time', '<', filter.to);
}

/** What is quoted here are ids and keys, which hold neither quotes nor backslashes. */
function anyOf(lexemes: readonly string[]): string {
  return `(${lexemes.map((lexeme) => `'${lexeme}'`).join(' | ')})`;
}

/** Whether an id alone says which entries are meant: there are few of them. */
export function hasId(filter: AuditFilter): boolean {
  return [filter.request_id, filter.grant_id, filter.evaluation_id, idIn(filter.q)].some((id) => id != null);
}

function idIn(q: string | undefined): { readonly column: string; readonly value: string } | null {
  const [, prefix] = /^(evt|req|grt|ev)_\w{8,}$/.exec(q ?? '') ?? [];
  return prefix === undefined ? null : { column: ID_COLUMNS[prefix as keyof typeof ID_COLUMNS], value: q as string };
}

/**
 * Every word must be there, whole; of one with a star, the beginning. (Taking every word for a beginning would have the index read all
 * that begins so, however little of it is meant.)
 */
async function readyWords(knex: Knex, q: string | undefined): Promise<string | null> {
  if (q === undefined || q === '' || idIn(q) !== null) return null;
  const pieces = q.split(/(?<=\*)|\s+/).filter((piece) => piece !== '');
  const { rows } = await knex.raw<{ rows: { words: string | null }[] }>(
    `SELECT string_agg(quote_literal(word) || CASE WHEN is_last AND piece LIKE '%*' THEN ':*' ELSE '' END, ' & ') AS words
       FROM (SELECT word, piece, row_number() OVER (PARTITION BY place ORDER BY part DESC) = 1 AS is_last
               FROM unnest(?::text[]) WITH ORDINALITY AS given (piece, place),
                    unnest(string_to_array(audit_words(piece), ' ')) WITH ORDINALITY AS cut (word, part)
              WHERE word <> '' ORDER BY place, part LIMIT ?) AS few`,
    [pieces, MAX_WORDS],
  );
  // Letters and digits that the database takes for neither: no entry has them as a word.
  return rows[0]?.words ?? `'#'`;
}

/**
 * The sequences that a span of time can lie in. Commits are in nearly the order of their times; `disorder_ms` is the most
 * that an entry ever was behind one before it, so the bounds leave nothing out.
 */
async function spanOf(knex: Knex, { from, to }: AuditFilter): Promise<SequenceSpan> {
  const { rows } = await knex.raw<{ rows: { head: number; low: number | null; high: number | null }[] }>(
    `SELECT head.sequence AS head,
            (SELECT sequence FROM audit_entries
              WHERE time < ?::timestamptz - head.disorder_ms * interval '1 ms'
              ORDER BY time DESC, sequence DESC LIMIT 1) AS low,
            (SELECT sequence FROM audit_entries
              WHERE time >= ?::timestamptz + head.disorder_ms * interval '1 ms'
              ORDER BY time, sequence LIMIT 1) AS high
       FROM audit_head AS head`,
    [from ?? '-infinity', to ?? 'infinity'],
  );
  const { head, low, high } = rows[0] ?? { head: 0, low: null, high: null };
  return { low: (low ?? 0) + 1, high: high === null ? head : high - 1 };
}
