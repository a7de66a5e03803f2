import { Router } from 'express';
import { assertSameOrigin } from '../http/same-origin.ts';
import type { SignInPerson } from './sign-in-people.ts';
import { signOut, type SignInParts } from './sign-in.ts';

/** How one can sign in here, for the console's sign-in page. */
export type SignInOptions =
  | { readonly mode: 'oidc'; readonly sign_in_url: string }
  | {
      readonly mode: 'quickstart';
      readonly people: readonly { readonly email: string; readonly name: string; readonly role: string }[];
    };

/**
 * What is the same whichever way one signs in: `GET /auth/options` and `POST /auth/sign-out`, which answers 204, or 200
 * with where to go on to be signed out at the provider too.
 */
export function createAuthRoutes(options: {
  readonly parts: SignInParts;
  readonly publicUrl: string;
  readonly signInOptions: () => Promise<SignInOptions> | SignInOptions;
  readonly findPersonById: (id: string) => Promise<Pick<SignInPerson, 'id' | 'email' | 'name'> | null>;
  /** Further cookies that were set at sign-in and go with the session. */
  readonly alsoClear?: readonly string[];
  readonly providerSignOut?: (idToken: string | null) => Promise<string | null>;
}): Router {
  const { parts, publicUrl, signInOptions, findPersonById, alsoClear = [], providerSignOut } = options;
  const router = Router();

  router.get('/auth/options', async (_request, response) => {
    response.set('cache-control', 'no-store').json(await signInOptions());
  });

  router.post('/auth/sign-out', async (request, response) => {
    assertSameOrigin(request, publicUrl);
    const ended = await signOut(parts, findPersonById, request, response);
    for (const name of alsoClear) parts.cookies.clear(response, name);
    const goOn = ended === null ? null : ((await providerSignOut?.(ended.idToken)) ?? null);
    response.set('cache-control', 'no-store');
    if (goOn === null) response.status(204).end();
    else response.json({ redirect_to: goOn });
  });
  return router;
}
