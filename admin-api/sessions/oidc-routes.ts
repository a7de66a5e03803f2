import { Router, type NextFunction, type Request, type Response } from 'express';
import type { Logger } from '../../core/process/logger.ts';
import type { UnitOfWork } from '../db/unit-of-work.ts';
import { HttpProblem } from '../http/problem.ts';
import type { Configuration } from 'openid-client';
import { createBackchannelLogoutRoute } from './backchannel-logout-route.ts';
import type { OidcConfig } from './oidc-config.ts';
import { rememberLogin, takeLogin, type LoginState } from './oidc-login-state.ts';
import { beginSignIn, finishSignIn, matchPerson, type OidcIdentity } from './oidc-sign-in.ts';
import { createRefusalRecorder } from './record-refusal.ts';
import { returnToSchema } from './return-to.ts';
import { signInProblemPage } from './sign-in-problem-page.ts';
import type { SignInPeople, SignInPerson } from './sign-in-people.ts';
import { signIn, type SignInParts } from './sign-in.ts';
import { createLogoutTokenVerifier } from './verify-logout-token.ts';

export const SIGN_IN_PATH = '/auth/sign-in';
const CALLBACK_PATH = '/auth/callback';

/** Sign-in with an OpenID provider: code flow with PKCE, state and nonce (OpenID Connect Core 1.0, RFC 9700). */
export function createOidcRoutes(options: {
  readonly config: OidcConfig;
  readonly getClient: () => Promise<Configuration>;
  /** Where browsers reach the admin API, without a trailing slash. */
  readonly publicUrl: string;
  readonly parts: SignInParts;
  readonly people: SignInPeople;
  readonly logger: Logger;
}): Router {
  const { config, getClient, publicUrl, parts, people, logger } = options;
  const redirectUri = `${publicUrl}${CALLBACK_PATH}`;
  const recordRefusal = createRefusalRecorder(parts);
  const router = Router();
  router.use(createBackchannelLogoutRoute(parts, createLogoutTokenVerifier(config, getClient, parts.clock), logger));

  router.get(SIGN_IN_PATH, async (request, response) => {
    const returnTo = returnToSchema.safeParse(request.query['return_to']);
    if (!returnTo.success) {
      throw new HttpProblem('invalid-request', `return_to ${returnTo.error.issues[0]?.message}.`, {
        field: 'return_to',
      });
    }
    const { url, login } = await beginSignIn(await getClient(), {
      redirect_uri: redirectUri,
      scope: config.scope,
      return_to: returnTo.data,
    });
    rememberLogin(parts.cookies, response, login);
    response.set('cache-control', 'no-store').redirect(302, url);
  });

  router.get(CALLBACK_PATH, async (request, response) => {
    let identity: OidcIdentity | null = null;
    let person: SignInPerson | null = null;
    try {
      const { callbackUrl, login } = loginOf(request, response);
      identity = await finishSignIn(await getClient(), callbackUrl, login, config);
      const { id_token, sid: provider_sid, mapped } = identity;
      person = await matchPerson(people, identity, config.create_people ? config.default_role : null);
      const { id } = person;
      const apply = (unit: UnitOfWork) => people.applyClaims(unit, id, mapped);
      await signIn(parts, person, { way: 'oidc', id_token, provider_sid, apply }, request, response);
      response.set('cache-control', 'no-store').redirect(303, login.return_to);
    } catch (error) {
      if (error instanceof HttpProblem) {
        await recordRefusal({ problem: error, identity, person, request }).catch((cause: unknown) =>
          logger.error({ err: cause }, 'a refused sign-in could not be recorded'),
        );
      }
      throw error;
    }
  });

  /** Only the query is the browser's; the address is ours, as the provider knows it. */
  function loginOf(request: Request, response: Response): { callbackUrl: URL; login: LoginState } {
    const callbackUrl = new URL(redirectUri);
    callbackUrl.search = new URL(request.originalUrl, publicUrl).search;
    const states = callbackUrl.searchParams.getAll('state');
    const login = states.length === 1 ? takeLogin(parts.cookies, request, response, states[0]!) : null;
    if (login !== null) return { callbackUrl, login };
    throw new HttpProblem(
      'sign-in-expired',
      'This sign-in was not begun in this browser, was finished before, or took too long. Sign in again.',
    );
  }

  // People arrive here by following links, so a refusal is a page for them; programs get problem+json as everywhere.
  router.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    if (!(error instanceof HttpProblem) || response.headersSent) return next(error);
    if (error.cause !== undefined) logger.warn({ err: error.cause, problem: error.code }, 'a sign-in failed');
    if (request.accepts(['json', 'html']) !== 'html') return next(error);
    const page = signInProblemPage(error, SIGN_IN_PATH);
    response
      .status(page.status)
      .set({ 'cache-control': 'no-store', ...error.headers })
      .type('html')
      .send(page.html);
  });
  return router;
}
