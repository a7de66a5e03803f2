import type { Knex } from '../db/knex.ts';
import type { SessionLimits } from './session-limits.ts';

/** Those of the sessions given that a cookie would still open. Unlike `findSession` it does not count as use. */
export async function openSessionsAmong(
  knex: Knex,
  sessionIds: readonly string[],
  limits: SessionLimits,
  nowMs: number,
): Promise<Set<string>> {
  const ids: string[] = await knex('sessions')
    .whereIn('id', [...sessionIds])
    .whereNull('ended_at')
    .where('expires_at', '>', new Date(nowMs))
    .where('last_seen_at', '>', new Date(nowMs - limits.idle_timeout_ms))
    .pluck('id');
  return new Set(ids);
}
