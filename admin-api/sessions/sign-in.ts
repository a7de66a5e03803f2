import type { Request, Response } from 'express';
import type { Clock } from '../../core/process/clock.ts';
import type { Knex } from '../db/knex.ts';
import type { RunUnitOfWork } from '../db/unit-of-work.ts';
import { HttpProblem } from '../http/problem.ts';
import type { BrowserCookies } from './browser-cookies.ts';
import { endSession } from './end-session.ts';
import { findSession } from './find-session.ts';
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
}

/**
 * Starts a session for this browser and ends the one it had. State and audit are written together.
 * @param way how the person proved who they are, for the audit: `oidc`, `quickstart`
 * @returns when the session ends, in milliseconds since the epoch
 * @throws HttpProblem `account-disabled`
 */
export async function signIn(
  parts: SignInParts,
  person: SignInPerson,
  way: string,
  request: Request,
  response: Response,
): Promise<number> {
  if (person.disabled_at !== null)
    throw new HttpProblem('account-disabled', 'This account is disabled. Ask an Admin about it.');
  const before = await sessionOf(parts, request);
  const { result: session } = await parts.runUnitOfWork(async (unit) => {
    if (before !== null) await endSession(unit.trx, before.id, unit.nowMs);
    const started = await startSession(
      unit.trx,
      { person_id: person.id, user_agent: request.get('user-agent') ?? null },
      parts.limits,
      unit.nowMs,
    );
    const who = { id: person.id, email: person.email, name: person.name };
    unit.audit({
      type: 'session.started',
      actor: who,
      subject: who,
      summary: `${person.email} signed in.`,
      details: { session_id: started.id, way },
    });
    return started;
  });
  parts.cookies.set(response, SESSION_COOKIE, session.token, parts.limits.max_age_ms);
  return session.expires_at;
}

/** Ends the session of this browser, if it has one, and takes its cookie away either way. */
export async function signOut(
  parts: SignInParts,
  findPerson: (id: string) => Promise<Pick<SignInPerson, 'id' | 'email' | 'name'> | null>,
  request: Request,
  response: Response,
): Promise<void> {
  const session = await sessionOf(parts, request);
  if (session !== null) {
    const person = await findPerson(session.person_id);
    const who = person === null ? null : { id: person.id, email: person.email, name: person.name };
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
  }
  parts.cookies.clear(response, SESSION_COOKIE);
}

function sessionOf(parts: SignInParts, request: Request): ReturnType<typeof findSession> {
  const token = parts.cookies.read(request, SESSION_COOKIE);
  if (token === null) return Promise.resolve(null);
  return findSession(parts.knex, token, parts.limits, parts.clock());
}
