import type { Request, Response } from 'express';
import type { Clock } from '../../core/process/clock.ts';
import { personOf } from '../db/person-row.ts';
import type { Knex } from '../db/knex.ts';
import type { SecretBox } from '../db/secret-box.ts';
import type { RunUnitOfWork, UnitOfWork } from '../db/unit-of-work.ts';
import { HttpProblem } from '../http/problem.ts';
import type { BrowserCookies } from './browser-cookies.ts';
import { endSession } from './end-session.ts';
import { findSession, type Session } from './find-session.ts';
import type { SessionLimits } from './session-limits.ts';
import type { SignInPerson } from './sign-in-people.ts';
import { startSession } from './start-session.ts';

export const SESSION_COOKIE = 'hallpass_session';

export interface SignInParts {
  readonly knex: Knex;
  readonly runUnitOfWork: RunUnitOfWork;
  readonly cookies: BrowserCookies;
  readonly limits: SessionLimits;
  readonly clock: Clock;
  /** Null: nothing is kept to sign out at the provider with. */
  readonly secrets: SecretBox | null;
  /** Told after sessions were ended, so that open pages notice. */
  readonly onSessionsEnded: () => void;
}

/** How a person proved who they are. */
export interface SignInProof {
  /** For the audit. */
  readonly way: 'oidc' | 'quickstart';
  /** What the provider calls its own session; null when it does not say. */
  readonly provider_sid?: string | null;
  readonly id_token?: string | null;
  /** Done in the same transaction, before the session exists. */
  readonly apply?: (unit: UnitOfWork) => Promise<void>;
}

/**
 * Starts a session for this browser and ends the one it had. State and audit are written together.
 * @returns when the session ends, in milliseconds since the epoch
 * @throws HttpProblem `account-disabled`
 */
export async function signIn(
  parts: SignInParts,
  person: SignInPerson,
  proof: SignInProof,
  request: Request,
  response: Response,
): Promise<number> {
  if (person.disabled_at !== null) throw disabled();
  const before = await sessionOf(parts, request);
  const { result: session } = await parts.runUnitOfWork(async (unit) => {
    await proof.apply?.(unit);
    // Held: whoever is being disabled at this moment must not keep a session that nobody ended.
    const held = await unit.trx('people').where({ id: person.id }).forShare().first<SignInPerson>('disabled_at');
    if (held === undefined || held.disabled_at !== null) throw disabled();
    if (before !== null) await endSession(unit.trx, before.id, unit.nowMs);
    const started = await startSession(
      unit.trx,
      {
        person_id: person.id,
        user_agent: request.get('user-agent') ?? null,
        ip: request.ip ?? null,
        provider_sid: proof.provider_sid ?? null,
        sealId: (sessionId) => sealIdToken(parts.secrets, proof.id_token, sessionId),
      },
      parts.limits,
      unit.nowMs,
    );
    unit.audit({
      type: 'session.started',
      actor: personOf(person),
      subject: personOf(person),
      summary: `${person.email} signed in.`,
      details: { session_id: started.id, way: proof.way, ip: request.ip ?? null },
    });
    return started;
  });
  if (before !== null) parts.onSessionsEnded();
  parts.cookies.set(response, SESSION_COOKIE, session.token, parts.limits.max_age_ms);
  return session.expires_at;
}

function disabled(): HttpProblem {
  return new HttpProblem('account-disabled', 'This account is disabled. Ask an Admin about it.');
}

/**
 * Ends the session of this browser, if it has one, and takes its cookie away either way.
 * @returns the ID token it began with, to sign out at the provider with; null when none was kept
 */
export async function signOut(
  parts: SignInParts,
  findPerson: (id: string) => Promise<Pick<SignInPerson, 'id' | 'email' | 'name'> | null>,
  request: Request,
  response: Response,
): Promise<{ readonly session: Session; readonly idToken: string | null } | null> {
  const session = await sessionOf(parts, request);
  parts.cookies.clear(response, SESSION_COOKIE);
  if (session === null) return null;
  const person = await findPerson(session.person_id);
  const who = person === null ? null : personOf(person);
  const row = await parts.knex('sessions').where({ id: session.id }).first<{ id_token: string | null }>('id_token');
  await parts.runUnitOfWork(async (unit) => {
    if (!(await endSession(unit.trx, session.id, unit.nowMs))) return;
    unit.audit({
      type: 'session.ended',
      actor: who,
      subject: who,
      summary: `${person?.email ?? 'Somebody'} signed out.`,
      details: { session_id: session.id },
    });
  });
  parts.onSessionsEnded();
  return { session, idToken: openIdToken(parts.secrets, row?.id_token ?? null, session.id) };
}

const useOf = (sessionId: string): string => `id token of ${sessionId}`;

function sealIdToken(secrets: SecretBox | null, idToken: string | null | undefined, sessionId: string): string | null {
  return secrets === null || idToken == null ? null : secrets.seal(idToken, useOf(sessionId));
}

/** One that was sealed with an earlier key is no reason to keep somebody signed in. */
function openIdToken(secrets: SecretBox | null, sealed: string | null, sessionId: string): string | null {
  if (secrets === null || sealed === null) return null;
  try {
    return secrets.open(sealed, useOf(sessionId));
  } catch {
    return null;
  }
}

function sessionOf(parts: SignInParts, request: Request): ReturnType<typeof findSession> {
  const token = parts.cookies.read(request, SESSION_COOKIE);
  if (token === null) return Promise.resolve(null);
  return findSession(parts.knex, token, parts.limits, parts.clock());
}
