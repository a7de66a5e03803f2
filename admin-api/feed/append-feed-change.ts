import type { Fact } from '../../core/feed/fact.ts';
import type { Knex } from '../db/knex.ts';

/**
 * Takes the next revision and writes the change under it, in one statement that must be the transaction's last: from
 * here until the commit nobody else can take a revision, which is what makes them gapless and in commit order. Its mark
 * is drawn anew, so that a database restored from a backup can't make the same change twice.
 */
export async function appendFeedChange(trx: Knex.Transaction, facts: readonly Fact[]): Promise<number> {
  const { rows } = (await trx.raw(
    `WITH head AS (
       UPDATE feed_head SET revision = revision + 1, after = mark, mark = gen_random_uuid()::text
       RETURNING revision, after, mark
     )
     INSERT INTO feed_changes (revision, after, mark, facts)
     SELECT revision, after, mark, ?::jsonb FROM head RETURNING revision`,
    [JSON.stringify(facts)],
  )) as { rows: { revision: number }[] };
  const revision = rows[0]?.revision;
  if (revision === undefined) throw new Error('The feed has no head row; the database was not migrated.');
  return revision;
}
