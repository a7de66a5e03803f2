import type { Knex } from '../db/knex.ts';

/** As long as events are kept; an older message stays in Slack as it is. */
const KEEP_MS = 30 * 86_400_000;

/** Forgets messages of long ago, but for those of requests that are still open, with their nonces; and dead codes. */
export async function forgetSlackRows(knex: Knex, nowMs: number): Promise<void> {
  await knex('slack_messages')
    .where('created_at', '<', new Date(nowMs - KEEP_MS))
    .whereNotExists(
      knex
        .select(knex.raw('1'))
        .from('access_requests')
        .whereRaw(`access_requests.id = slack_messages.request_id AND access_requests.status = 'pending'`),
    )
    .delete();
  await knex('slack_link_codes').where('expires_at', '<', new Date(nowMs)).delete();
}
