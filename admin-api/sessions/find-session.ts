import type { Knex } from '../db/knex.ts';
import type { SessionLimits } from './session-limits.ts';
import { hashSessionToken } from './session-token.ts';

/** A page that polls must not write a row at every request. */
const TOUCH_INTERVAL_MS = 60_000;

export interface Session {
  readonly id: string;
  readonly person_id: string;
}

interface SessionRow extends Session {
  readonly last_seen_at: Date;
  readonly expires_at: Date;
}

/** @returns null for a token that is unknown, ended, past its end, or idle for too long; all look the same */
export async function findSession(
  knex: Knex,
  token: string,
  limits: SessionLimits,
  nowMs: number,
): Promise<Session | null> {
  const tokenHash = hashSessionToken(token);
  if (tokenHash === null) return null;
  const row: SessionRow | undefined = await knex('sessions')
    .where({ token_hash: tokenHash, ended_at: null })
    .first('id', 'person_id', 'last_seen_at', 'expires_at');
  if (row === undefined || nowMs >= row.expires_at.getTime()) return null;
  const idleMs = nowMs - row.last_seen_at.getTime();
  if (idleMs >= limits.idle_timeout_ms) return null;
  if (idleMs >= TOUCH_INTERVAL_MS) {
    await knex('sessions')
      .where({ id: row.id })
      .update({ last_seen_at: new Date(nowMs) });
  }
  return { id: row.id, person_id: row.person_id };
}
