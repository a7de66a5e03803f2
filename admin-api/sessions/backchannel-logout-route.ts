import express, { Router } from 'express';
import type { Logger } from '../../core/process/logger.ts';
import { personOf, type PersonRow } from '../db/person-row.ts';
import type { UnitOfWork } from '../db/unit-of-work.ts';
import { endSessionsWhere } from './end-session.ts';
import type { SignInParts } from './sign-in.ts';
import { LogoutTokenRefused, MAX_LOGOUT_TOKEN_AGE_MS, type LogoutToken } from './verify-logout-token.ts';

export const BACKCHANNEL_LOGOUT_PATH = '/auth/oidc/backchannel-logout';

const BODY_LIMIT = '32kb';

/**
 * The provider says that somebody has signed out there (OpenID Connect Back-Channel Logout 1.0): their sessions here end
 * as well. The signed token is all that proves it, so there is neither cookie nor origin to check.
 */
export function createBackchannelLogoutRoute(
  parts: SignInParts,
  verify: (token: string) => Promise<LogoutToken>,
  logger: Logger,
): Router {
  const router = Router();
  router.post(
    BACKCHANNEL_LOGOUT_PATH,
    express.urlencoded({ extended: false, limit: BODY_LIMIT }),
    async (request, response) => {
      response.set('cache-control', 'no-store');
      const given = (request.body as Record<string, unknown> | undefined)?.['logout_token'];
      try {
        if (typeof given !== 'string') throw new LogoutTokenRefused('Send one logout_token, as a form.');
        const token = await verify(given);
        await parts.runUnitOfWork((unit) => endSessionsOfToken(unit, token));
        parts.onSessionsEnded();
        response.status(200).end();
      } catch (error) {
        if (!(error instanceof LogoutTokenRefused)) throw error;
        logger.warn({ err: error.cause ?? error }, 'a logout token was refused');
        response.status(400).json({ error: 'invalid_request', error_description: error.message });
      }
    },
  );
  return router;
}

async function endSessionsOfToken(unit: UnitOfWork, token: LogoutToken): Promise<void> {
  await assertFirstUse(unit, token.jti);
  const person: PersonRow | undefined =
    token.sub === null ? undefined : await unit.trx('people').where({ sub: token.sub }).first();
  // Who is not known here has no session to end.
  if (token.sub !== null && person === undefined) return;
  const ended = await endSessionsWhere(
    unit.trx,
    {
      ...(person === undefined ? {} : { person_id: person.id }),
      ...(token.sid === null ? {} : { provider_sid: token.sid }),
    },
    unit.nowMs,
  );
  const people: PersonRow[] = await unit.trx('people').whereIn('id', [...new Set(ended.map((row) => row.person_id))]);
  for (const row of people) {
    unit.audit({
      type: 'session.ended',
      actor: null,
      subject: personOf(row),
      summary: `${row.email} was signed out by the identity provider.`,
      details: {
        session_ids: ended.filter((one) => one.person_id === row.id).map((one) => one.id),
        way: 'backchannel',
      },
    });
  }
}

/** @throws LogoutTokenRefused when the token has been followed before */
async function assertFirstUse({ trx, nowMs }: UnitOfWork, jti: string): Promise<void> {
  await trx('logout_tokens').where('expires_at', '<', new Date(nowMs)).delete();
  const first: unknown[] = await trx('logout_tokens')
    // Twice the age: what this clock calls old, the provider's may not yet.
    .insert({ jti, expires_at: new Date(nowMs + 2 * MAX_LOGOUT_TOKEN_AGE_MS) })
    .onConflict('jti')
    .ignore()
    .returning('jti');
  if (first.length === 0) throw new LogoutTokenRefused('The token was used before.');
}
