import type { Request, RequestHandler, Response } from 'express';
import type { PersonRow } from '../db/person-row.ts';
import type { VerifyBearer } from './bearer-token.ts';
import { HttpProblem } from './problem.ts';

export interface Caller {
  readonly person_id: string;
  readonly via: 'session' | 'bearer';
  /** Of a console session; null for a bearer token. */
  readonly session_id: string | null;
  /** When the bearer token runs out, milliseconds since the epoch; null for a session, whose end may move. */
  readonly expires_at: number | null;
}

type KnownPerson = Pick<PersonRow, 'id' | 'disabled_at'>;

export interface AuthenticateOptions {
  /** null: this installation takes no bearer tokens. */
  readonly verifyBearer: VerifyBearer | null;
  /** The value of the session cookie, or null. */
  readonly readSessionCookie: (request: Request) => string | null;
  readonly findSession: (token: string) => Promise<{ readonly id: string; readonly person_id: string } | null>;
  readonly findPersonBySub: (sub: string) => Promise<KnownPerson | null>;
  readonly findPersonById: (id: string) => Promise<KnownPerson | null>;
}

/**
 * Who is calling: the owner of the bearer token, or of the session cookie. A token that is sent is the one that counts,
 * so a bad one is refused although the cookie may be good. Sets `response.locals.caller`.
 * @throws HttpProblem `not-signed-in`, `unknown-person`, `account-disabled`, `identity-provider-unavailable`
 */
export function authenticate(options: AuthenticateOptions): RequestHandler {
  return async (request, response, next) => {
    const authorization = request.get('authorization');
    const caller =
      authorization === undefined
        ? await callerOfSession(options, request)
        : await callerOfToken(options, authorization);
    response.locals['caller'] = caller;
    next();
  };
}

/** Behind `authenticate` only. */
export function callerOf(response: Response): Caller {
  const caller = response.locals['caller'] as Caller | undefined;
  if (caller === undefined) throw new Error('A route that needs a caller stands before authenticate.');
  return caller;
}

async function callerOfToken(options: AuthenticateOptions, authorization: string): Promise<Caller> {
  const [, token] = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization) ?? [];
  if (token === undefined || options.verifyBearer === null) {
    throw notSignedIn('The Authorization header is not one that is taken here. Send "Bearer" and a token.');
  }
  const { sub, expires_at } = await options.verifyBearer(token);
  const person = await options.findPersonBySub(sub);
  if (person === null) {
    throw new HttpProblem('unknown-person', 'The token is good, but its owner is not a known person here.');
  }
  assertEnabled(person);
  return { person_id: person.id, via: 'bearer', session_id: null, expires_at };
}

async function callerOfSession(options: AuthenticateOptions, request: Request): Promise<Caller> {
  const token = options.readSessionCookie(request);
  if (token === null) throw notSignedIn('Sign in, or send a bearer token.');
  const session = await options.findSession(token);
  const person = session === null ? null : await options.findPersonById(session.person_id);
  if (session === null || person === null) throw notSignedIn('The session is over. Sign in again.');
  assertEnabled(person);
  return { person_id: person.id, via: 'session', session_id: session.id, expires_at: null };
}

function assertEnabled(person: KnownPerson): void {
  if (person.disabled_at !== null)
    throw new HttpProblem('account-disabled', 'This account is disabled. Ask an Admin about it.');
}

function notSignedIn(message: string): HttpProblem {
  return new HttpProblem('not-signed-in', message, { headers: { 'www-authenticate': 'Bearer realm="hallpass"' } });
}
