import { newId } from '../../core/access/ids.ts';
import type { Knex } from '../db/knex.ts';
import type { SessionLimits } from './session-limits.ts';
import { hashSessionToken, newSessionToken } from './session-token.ts';

const MAX_USER_AGENT_CHARS = 300;

export interface NewSession {
  readonly person_id: string;
  readonly user_agent: string | null;
  readonly ip?: string | null;
  /** What the identity provider calls its own session. */
  readonly provider_sid?: string | null;
  /** What is kept, sealed for this very session, to sign out at the provider with. */
  readonly sealId?: (sessionId: string) => string | null;
}

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
  session: NewSession,
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
    ip: session.ip ?? null,
    provider_sid: session.provider_sid ?? null,
    id_token: session.sealId?.(id) ?? null,
  });
  return { id, token, expires_at: expiresAt };
}
