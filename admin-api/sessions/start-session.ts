import { newId } from '../../core/access/ids.ts';
import type { Knex } from '../db/knex.ts';
import type { SessionLimits } from './session-limits.ts';
import { hashSessionToken, newSessionToken } from './session-token.ts';

const MAX_USER_AGENT_CHARS = 300;

export interface StartedSession {
  /** Names the session in the audit; opens nothing. */
  readonly id: string;
  /** For the cookie, and for nothing else. */
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expires_at: number;
}

/** A new session with a new token, whatever the browser sent, so that a planted cookie never becomes a signed-in one. */
export async function startSession(
  knex: Knex,
  session: { readonly person_id: string; readonly user_agent: string | null },
  limits: SessionLimits,
  nowMs: number,
): Promise<StartedSession> {
  const id = newId('session');
  const token = newSessionToken();
  const expiresAt = nowMs + limits.max_age_ms;
  await knex('sessions').insert({
    id,
    token_hash: hashSessionToken(token),
    person_id: session.person_id,
    created_at: new Date(nowMs),
    last_seen_at: new Date(nowMs),
    expires_at: new Date(expiresAt),
    user_agent: session.user_agent?.slice(0, MAX_USER_AGENT_CHARS) ?? null,
  });
  return { id, token, expires_at: expiresAt };
}
