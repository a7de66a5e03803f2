import { Router } from 'express';
import type { AppExtras } from './app-extras.ts';
import type { AdminParts } from './create-parts.ts';
import { createSecretBox } from './db/secret-box.ts';
import { applyProviderClaims } from './people/apply-provider-claims.ts';
import { addPerson, linkSub } from './people/change-person.ts';
import { createPersonDirectory } from './people/person-directory.ts';
import { createAuthRoutes } from './sessions/auth-routes.ts';
import { createBrowserCookies } from './sessions/browser-cookies.ts';
import { createOidcClient } from './sessions/oidc-client.ts';
import { createOidcRoutes, SIGN_IN_PATH } from './sessions/oidc-routes.ts';
import { createProviderSignOut } from './sessions/provider-sign-out.ts';
import type { SignInParts } from './sessions/sign-in.ts';

/** Signing in and out, whichever ways there are here. */
export function createSignIn(
  { config, logger, knex, run, clock, wake }: AdminParts,
  extras: AppExtras | null,
): { readonly parts: SignInParts; readonly routes: Router } {
  const parts: SignInParts = {
    knex,
    runUnitOfWork: run,
    cookies: createBrowserCookies(config.publicUrl),
    limits: config.sessions,
    clock,
    secrets: config.secretKey === null ? null : createSecretBox(config.secretKey),
    onSessionsEnded: () => wake.send('live'),
  };
  const people = createPersonDirectory(knex);
  const { oidc, publicUrl } = config;
  const getClient = oidc === null ? null : createOidcClient(oidc);
  const routes = Router();
  routes.use(
    createAuthRoutes({
      parts,
      publicUrl,
      signInOptions: extras?.signInOptions ?? (() => ({ mode: 'oidc', sign_in_url: SIGN_IN_PATH })),
      findPersonById: people.findById,
      alsoClear: extras?.cookies ?? [],
      ...(oidc === null || getClient === null
        ? {}
        : { providerSignOut: createProviderSignOut(oidc, getClient, publicUrl) }),
    }),
  );
  if (extras !== null) routes.use(extras.routes(parts));
  if (oidc !== null && getClient !== null) {
    routes.use(
      createOidcRoutes({
        config: oidc,
        getClient,
        publicUrl,
        parts,
        people: {
          ...people,
          linkSub: (personId, sub) => linkSub(run, personId, sub),
          add: (person) => addPerson(run, null, person),
          applyClaims: applyProviderClaims,
        },
        logger,
      }),
    );
  }
  return { parts, routes };
}
