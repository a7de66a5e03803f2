import type { Knex } from '../db/knex.ts';
import type { FeedHead } from './read-snapshot.ts';

/**
 * Begins a new history: whatever sidecars know is of an older one, and they take a snapshot of this one, older or not.
 * Revisions go on, so that whoever waits for one still does.
 */
export async function beginFeedEpoch(trx: Knex.Transaction): Promise<FeedHead> {
  const { rows } = (await trx.raw(
    `UPDATE feed_head SET epoch = gen_random_uuid()::text, after = mark, mark = gen_random_uuid()::text
     RETURNING epoch, revision, mark`,
  )) as { rows: FeedHead[] };
  await trx('feed_changes').delete();
  const [head] = rows;
  if (head === undefined) throw new Error('The feed has no head row; the database was not migrated.');
  return head;
}
