import { Router, type Request } from 'express';
import { z } from 'zod';
import { HttpProblem } from '../admin-api/http/problem.ts';
import { assertSameOrigin } from '../admin-api/http/same-origin.ts';
import type { SignInPeople, SignInPerson } from '../admin-api/sessions/sign-in-people.ts';
import { signIn, type SignInParts } from '../admin-api/sessions/sign-in.ts';
import type { DemoTokens } from './demo-tokens.ts';

/** Browsers carry the bearer token to the proxy in this cookie: cookies don't know ports. */
export const TOKEN_COOKIE = 'hallpass_token';

const LOOPBACK_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);

const bodySchema = z.strictObject({ email: z.email() });

/**
 * Who one wants to be, without a password: `POST /quickstart/tokens`, `POST /quickstart/sign-in`, and the keys that
 * verify such tokens at `GET /quickstart/jwks.json`. Mounted by the quickstart and by nothing else.
 */
export function createQuickstartRoutes(options: {
  readonly parts: SignInParts;
  readonly people: Pick<SignInPeople, 'findByEmail'>;
  readonly tokens: DemoTokens;
  readonly publicUrl: string;
}): Router {
  const { parts, people, tokens, publicUrl } = options;
  const router = Router();

  // Cookies know names, not machines: whoever signs in at localhost would be nobody to the proxy at 127.0.0.1.
  router.get('/{*path}', (request, response, next) => {
    const isElsewhere = request.get('host')?.toLowerCase() !== new URL(publicUrl).host;
    const isPage = request.get('sec-fetch-dest') === 'document' || request.accepts(['json', 'html']) === 'html';
    if (!isElsewhere || !isPage || !isLoopback(request)) return next();
    response.redirect(307, `${publicUrl}${request.originalUrl}`);
  });

  router.use('/quickstart', (request, response, next) => {
    if (!isLoopback(request)) {
      throw new HttpProblem('not-allowed', 'The quickstart answers on 127.0.0.1 and localhost only.', { status: 403 });
    }
    response.set('cache-control', 'no-store');
    next();
  });

  router.get('/quickstart/jwks.json', (_request, response) => {
    response.json(tokens.jwks);
  });

  router.post('/quickstart/tokens', async (request, response) => {
    response.json(await tokens.issue(await findPerson(people, request)));
  });

  router.post('/quickstart/sign-in', async (request, response) => {
    assertSameOrigin(request, publicUrl);
    const person = await findPerson(people, request);
    const { token } = await tokens.issue(person);
    await signIn(parts, person, { way: 'quickstart' }, request, response);
    parts.cookies.set(response, TOKEN_COOKIE, token, tokens.lifetimeMs);
    response.status(204).end();
  });
  return router;
}

/** A web page can point a name of its own at 127.0.0.1 (DNS rebinding) and would get tokens for everybody here. */
function isLoopback(request: Request): boolean {
  return LOOPBACK_NAMES.has((request.get('host') ?? '').replace(/:\d+$/, '').toLowerCase());
}

async function findPerson(
  people: Pick<SignInPeople, 'findByEmail'>,
  request: Request,
): Promise<SignInPerson & { readonly sub: string }> {
  const { email } = bodySchema.parse(request.body ?? {});
  const person = await people.findByEmail(email);
  if (person === null) {
    throw new HttpProblem('not-found', `There is no demo person ${email}.`, { status: 404, field: 'email' });
  }
  if (person.disabled_at !== null) {
    throw new HttpProblem('account-disabled', 'This account is disabled. Ask an Admin about it.');
  }
  if (person.sub === null) {
    throw new HttpProblem('not-allowed', `${email} has no sign-in of the quickstart.`, { status: 403, field: 'email' });
  }
  return { ...person, sub: person.sub };
}
