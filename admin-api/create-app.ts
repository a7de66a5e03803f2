import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import express, { Router, type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { ACCESS_REQUEST_PATHS } from '../core/decision/access-request-profile.ts';
import { usePlainMessages } from '../core/process/plain-messages.ts';
import { closeOperation } from './access-requests/close-operation.ts';
import { previewOperation } from './access-requests/preview-operation.ts';
import { readOperations } from './access-requests/read-operations.ts';
import { requestableOperation } from './access-requests/requestable-operation.ts';
import { requesterOperations } from './access-requests/requester-operations.ts';
import { reviewerOperations } from './access-requests/reviewer-operations.ts';
import { taskOperations } from './access-requests/tasks/task-operations.ts';
import { clientOperations } from './access-clients/client-operations.ts';
import type { ClientStore } from './access-clients/client-store.ts';
import type { AdminMetrics } from './admin-metrics.ts';
import type { AppExtras } from './app-extras.ts';
import { auditOperations } from './audit/audit-operations.ts';
import { exportOperation } from './audit/export-operation.ts';
import { proofOperations } from './audit/proof-operations.ts';
import {
  accessRequestCallers,
  accessRequestDocuments,
  assertCallbackAddress,
  createTaskPorts,
} from './create-access-tasks.ts';
import { createDecisions } from './create-decisions.ts';
import { createOutbound, type Outbound } from './create-outbound.ts';
import type { AdminParts } from './create-parts.ts';
import { createSignIn } from './create-sign-in.ts';
import { createSlack } from './create-slack.ts';
import { endOfAccess } from './end-of-access.ts';
import { createFeedRoutes } from './feed/feed-routes.ts';
import { sidecarOperations } from './feed/sidecar-operations.ts';
import { endGrantsFor } from './grants/end-grants-for.ts';
import { grantOperations } from './grants/grant-operations.ts';
import { presentGrants } from './grants/present-grants.ts';
import { authenticate, callerOf } from './http/authenticate.ts';
import { createBearerVerifier } from './http/bearer-token.ts';
import { idempotencyKey } from './http/idempotency-key.ts';
import { buildOpenApi } from './http/openapi.ts';
import { logRequests } from './http/log-requests.ts';
import { measureRequests } from './http/measure-requests.ts';
import { mountOperations, type Operation } from './http/operation.ts';
import { problemHandler } from './http/problem-handler.ts';
import { HttpProblem } from './http/problem.ts';
import { requireSameOrigin } from './http/same-origin.ts';
import { liveOperation } from './live/live-operation.ts';
import { deliveryOperations } from './notifications/deliveries/delivery-operations.ts';
import { unsubscribeRoutes } from './notifications/email/unsubscribe-routes.ts';
import { NOTIFICATION_EVENT_TYPES } from './notifications/notification-event-type.ts';
import { notificationOperations } from './notifications/notification-operations.ts';
import { preferenceOperations } from './notifications/preferences/preference-operations.ts';
import { newWebhookSecret } from './notifications/webhooks/sign-webhook.ts';
import { webhookOperations } from './notifications/webhooks/webhook-operations.ts';
import { findCurrentPerson } from './people/find-current-person.ts';
import { meOperation } from './people/me-operation.ts';
import { peopleOperations } from './people/people-operations.ts';
import { createPersonDirectory } from './people/person-directory.ts';
import { resourceOperations } from './resources/resource-operations.ts';
import { scopeOperations } from './scopes/scope-operations.ts';
import { endSessionsOf } from './sessions/end-session.ts';
import { findSession } from './sessions/find-session.ts';
import { sessionOperations } from './sessions/session-operations.ts';
import { SESSION_COOKIE } from './sessions/sign-in.ts';
import { slackOperations } from './slack/slack-operations.ts';

const BODY_LIMIT = '64kb';
/** Addresses that are never a page of the console. */
const API_PREFIXES = [
  '/v1',
  '/access',
  '/feed',
  '/auth',
  '/quickstart',
  '/slack',
  '/mail',
  '/.well-known',
  '/openapi.json',
];

/** Every operation of the API, in the order of the documentation. */
export function listOperations(parts: AdminParts): Operation[] {
  const { knex, run, clock, registry, accessRequests, assertExists, config } = parts;
  const outbound = createOutbound(parts);
  return [
    meOperation(knex, clock, presentGrants, () => registry.publicUrls()),
    ...readOperations(accessRequests),
    ...requesterOperations(accessRequests),
    previewOperation(accessRequests),
    requestableOperation(accessRequests),
    closeOperation(accessRequests),
    ...reviewerOperations(accessRequests),
    ...taskOperations(createTaskPorts(parts)),
    ...clientOperations(knex, clientStoreOf(outbound, run), (url) =>
      assertCallbackAddress(url, config.webhooks.allowPrivate),
    ),
    ...grantOperations({ knex, run, clock, assertExists }),
    ...resourceOperations(knex, run, clock, endGrantsFor),
    ...scopeOperations(knex, run, endGrantsFor),
    ...peopleOperations(knex, run, endSessionsOf, endOfAccess),
    ...notificationOperations(knex, clock),
    ...preferenceOperations({ knex, run, clock, connectedChannels: outbound.connectedChannels }),
    ...deliveryOperations(knex, run),
    ...webhookOperations(knex, outbound.webhooks, config.webhooks.allowPrivate),
    ...slackOperations({ knex, run, clock, isConfigured: config.slack !== null, eventTypes: NOTIFICATION_EVENT_TYPES }),
    ...sessionOperations({
      knex,
      run,
      clock,
      limits: config.sessions,
      onSessionsEnded: () => parts.wake.send('live'),
    }),
    liveOperation(parts.live, config.live, clock),
    exportOperation({ knex, run, clock, logger: parts.logger }),
    ...proofOperations({ knex, run, clock, keys: config.audit.keys, publicUrl: config.publicUrl }),
    ...auditOperations(knex),
    ...sidecarOperations(registry),
  ];
}

export function createApp(parts: AdminParts, metrics: AdminMetrics, extras: AppExtras | null): Express {
  const { config, logger, knex, clock, run } = parts;
  usePlainMessages();
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.set('trust proxy', [...config.trustedProxies]);
  app.use(nameRequest, logRequests(logger), measureRequests(metrics.requests), securityHeaders(config.publicUrl));

  const operations = listOperations(parts);
  const document = buildOpenApi(operations, config.publicUrl);
  app.get('/openapi.json', (_request, response) => void response.json(document));
  app.get('/.well-known/hallpass-audit-keys.json', (_request, response) => {
    response.type('application/jwk-set+json').json({ keys: config.audit.keys.published });
  });
  app.use(
    createFeedRoutes({
      knex,
      hub: parts.hub,
      registry: parts.registry,
      run,
      clock,
      heartbeatIntervalMs: config.heartbeatIntervalMs,
    }),
  );

  const people = createPersonDirectory(knex);
  const signIn = createSignIn(parts, extras);
  const slack = createSlack(parts);
  // Before the bodies are read: Slack signs them as they are sent.
  if (slack !== null) app.use(slack.endpoints());
  const { unsubscribe, webhooks } = createOutbound(parts);
  if (unsubscribe !== null) app.use(unsubscribeRoutes(unsubscribe));
  const identify = [
    authenticate({
      verifyBearer: config.bearer === null ? null : createBearerVerifier(config.bearer, clock),
      readSessionCookie: (request) => signIn.parts.cookies.read(request, SESSION_COOKIE),
      findSession: (token) => findSession(knex, token, config.sessions, clock()),
      findPersonBySub: people.findBySub,
      findPersonById: people.findById,
    }),
    requireSameOrigin(config.publicUrl),
    loadPerson(parts),
  ];
  // Before the bodies are read: AuthZEN says what a malformed one is answered.
  app.use(createDecisions(parts, identify));
  app.use(accessRequestDocuments(parts));
  app.use(express.json({ limit: BODY_LIMIT, strict: true }));
  app.use(signIn.routes);

  const api = Router();
  api.use(accessRequestCallers(parts, identify));
  const remembered = idempotencyKey(knex, clock, webhooks.box);
  // Tasks keep their keys themselves, for as long as they live.
  api.use((request, response, next) =>
    isBelow(request.path, [ACCESS_REQUEST_PATHS.requests]) ? next() : remembered(request, response, next),
  );
  mountOperations(api, operations);
  app.use((request, response, next) =>
    isBelow(request.path, ['/v1', '/access']) ? api(request, response, next) : next(),
  );
  app.use(serveConsole(config.consoleDir));
  app.use((request) => {
    throw new HttpProblem('not-found', `There is nothing at ${request.method} ${request.path}.`);
  });
  app.use(problemHandler(logger));
  return app;
}

function clientStoreOf({ webhooks: { box } }: Outbound, run: AdminParts['run']): ClientStore {
  return { run, box, newSecret: newWebhookSecret };
}

function isBelow(path: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
}

const nameRequest: RequestHandler = (_request, response, next) => {
  response.locals['requestId'] = randomUUID();
  response.set('x-request-id', response.locals['requestId'] as string);
  next();
};

function securityHeaders(publicUrl: string): RequestHandler {
  const isHttps = publicUrl.startsWith('https:');
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'data:'],
        'connect-src': ["'self'"],
        'object-src': ["'none'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'none'"],
        ...(isHttps ? { 'upgrade-insecure-requests': [] } : {}),
      },
    },
    strictTransportSecurity: isHttps,
    referrerPolicy: { policy: 'same-origin' },
  });
}

function loadPerson({ knex, clock }: AdminParts): RequestHandler {
  return async (_request, response, next) => {
    const person = await findCurrentPerson(knex, { id: callerOf(response).person_id }, clock());
    if (person === null) throw new HttpProblem('not-signed-in', 'The person of this session is gone.');
    response.locals['person'] = person;
    next();
  };
}

/** The built console: hashed files for ever, the page itself never from a cache, and every path of it the same page. */
function serveConsole(directory: string): Router {
  const router = Router();
  const page = resolve(directory, 'index.html');
  router.use(
    '/assets',
    express.static(resolve(directory, 'assets'), { immutable: true, maxAge: '1y', fallthrough: true }),
  );
  router.use(express.static(resolve(directory), { index: false, maxAge: 0 }));
  router.get('/{*path}', (request, response, next) => {
    if (isBelow(request.path, API_PREFIXES) || request.accepts(['html', 'json']) !== 'html') return next();
    if (!existsSync(page))
      throw new HttpProblem('not-found', 'The console has not been built. Run: npm run console:build');
    response.set('cache-control', 'no-cache').sendFile(page);
  });
  return router;
}
