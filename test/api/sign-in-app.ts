import { createServer } from 'node:http';
import express from 'express';
import { appendAuditEntries } from '../../admin-api/audit/append-audit-entries.ts';
import { openDatabase, type Knex } from '../../admin-api/db/knex.ts';
import { createSecretBox } from '../../admin-api/db/secret-box.ts';
import { createUnitOfWork, type RunUnitOfWork } from '../../admin-api/db/unit-of-work.ts';
import { authenticate, callerOf } from '../../admin-api/http/authenticate.ts';
import type { VerifyBearer } from '../../admin-api/http/bearer-token.ts';
import { problemHandler } from '../../admin-api/http/problem-handler.ts';
import { requireSameOrigin } from '../../admin-api/http/same-origin.ts';
import { appendFeedChange } from '../../admin-api/feed/append-feed-change.ts';
import { applyProviderClaims } from '../../admin-api/people/apply-provider-claims.ts';
import { addPerson as addNewPerson, linkSub } from '../../admin-api/people/change-person.ts';
import { createPersonDirectory } from '../../admin-api/people/person-directory.ts';
import { createAuthRoutes } from '../../admin-api/sessions/auth-routes.ts';
import { createBrowserCookies } from '../../admin-api/sessions/browser-cookies.ts';
import { findSession } from '../../admin-api/sessions/find-session.ts';
import { createOidcClient } from '../../admin-api/sessions/oidc-client.ts';
import { oidcConfigSchema, type OidcConfig } from '../../admin-api/sessions/oidc-config.ts';
import { createOidcRoutes } from '../../admin-api/sessions/oidc-routes.ts';
import { createProviderSignOut } from '../../admin-api/sessions/provider-sign-out.ts';
import { SESSION_COOKIE, type SignInParts } from '../../admin-api/sessions/sign-in.ts';
import { createLogger } from '../../core/process/logger.ts';
import { closeServer } from '../../core/process/ops-server.ts';
import { createTestDatabase } from '../support/test-database.ts';
import type { Profile } from '../support/test-services.ts';

export const LIMITS = { max_age_ms: 12 * 3_600_000, idle_timeout_ms: 2 * 3_600_000, refusals_per_minute: 3 };

export interface SignInApp {
  readonly url: string;
  readonly knex: Knex;
  readonly runUnitOfWork: RunUnitOfWork;
  /** Added to the clock of the app. */
  clockOffsetMs: number;
  stop(): Promise<void>;
}

/** Sign-in on its own, on a real database: what the admin API mounts, with two routes behind `authenticate`. */
export async function startSignInApp(options: {
  readonly port: number;
  /** Where browsers believe it to be; the cookies depend on it. */
  readonly publicUrl?: string;
  readonly oidc: Partial<OidcConfig> & { readonly issuer: string; readonly client_id: string };
  readonly profile?: Profile;
  readonly verifyBearer?: VerifyBearer;
}): Promise<SignInApp> {
  const url = `http://127.0.0.1:${options.port}`;
  const publicUrl = options.publicUrl ?? url;
  const database = await createTestDatabase(options.profile);
  const knex = openDatabase(database.connectionString, 5);
  const logger = createLogger('test', 'silent');
  const clock = (): number => Date.now() + result.clockOffsetMs;
  const runUnitOfWork = createUnitOfWork({
    knex,
    clock,
    recorders: { audit: appendAuditEntries, outbox: async () => {}, feed: appendFeedChange },
    onCommit: () => {},
  });
  const cookies = createBrowserCookies(publicUrl);
  const parts: SignInParts = {
    knex,
    runUnitOfWork,
    cookies,
    limits: LIMITS,
    clock,
    secrets: createSecretBox(Buffer.alloc(32, 1)),
    onSessionsEnded: () => {},
  };
  const config = oidcConfigSchema.parse({ scope: 'openid email', timeout_ms: 5_000, ...options.oidc });
  const getClient = createOidcClient(config);
  const directory = createPersonDirectory(knex);

  const app = express();
  app.use(
    createAuthRoutes({
      parts,
      publicUrl,
      signInOptions: () => ({ mode: 'oidc', sign_in_url: '/auth/sign-in' }),
      findPersonById: directory.findById,
      alsoClear: ['hallpass_token'],
      providerSignOut: createProviderSignOut(config, getClient, publicUrl),
    }),
  );
  app.use(
    createOidcRoutes({
      config,
      getClient,
      publicUrl,
      parts,
      people: {
        ...directory,
        linkSub: (personId, sub) => linkSub(runUnitOfWork, personId, sub),
        add: (person) => addNewPerson(runUnitOfWork, null, person),
        applyClaims: applyProviderClaims,
      },
      logger,
    }),
  );
  app.use('/v1', [
    authenticate({
      verifyBearer: options.verifyBearer ?? null,
      readSessionCookie: (request) => cookies.read(request, SESSION_COOKIE),
      findSession: (token) => findSession(knex, token, LIMITS, clock()),
      findPersonBySub: directory.findBySub,
      findPersonById: directory.findById,
    }),
    requireSameOrigin(publicUrl),
  ]);
  app.all('/v1/caller', (_request, response) => void response.json(callerOf(response)));
  app.use(problemHandler(logger));

  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(options.port, '127.0.0.1', resolve));
  const result: SignInApp = {
    url,
    knex,
    runUnitOfWork,
    clockOffsetMs: 0,
    async stop() {
      await closeServer(server);
      await knex.destroy();
      await database.drop();
    },
  };
  return result;
}

export async function addPerson(
  knex: Knex,
  person: { id: string; email: string; sub?: string; disabled?: boolean },
): Promise<void> {
  await knex('people').insert({
    id: person.id,
    email: person.email,
    sub: person.sub ?? null,
    name: person.email.split('@')[0],
    role: 'member',
    disabled_at: person.disabled === true ? new Date() : null,
  });
}
