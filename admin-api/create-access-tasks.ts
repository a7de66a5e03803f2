import { lookup } from 'node:dns/promises';
import { Router, type RequestHandler } from 'express';
import { z } from 'zod';
import { AccessError } from '../core/access/errors.ts';
import { ACCESS_REQUEST_PATHS } from '../core/decision/access-request-profile.ts';
import { signApprovalState } from '../core/decision/approval-state.ts';
import { clientToken, findClient } from './access-clients/client-store.ts';
import { profileVersion } from './access-requests/tasks/profile-version.ts';
import { augmentationSchema } from './access-requests/tasks/submission-schema.ts';
import { TASK_PROBLEMS } from './access-requests/tasks/task-problems.ts';
import type { TaskPorts } from './access-requests/tasks/task-ports.ts';
import type { AdminParts } from './create-parts.ts';
import { readFeedHead } from './feed/read-snapshot.ts';
import { HttpProblem } from './http/problem.ts';
import { assertCallable } from './notifications/webhooks/post-webhook.ts';
import { isPrivateAddress } from './notifications/webhooks/private-address.ts';
import { findCurrentPerson } from './people/find-current-person.ts';

/** Keys come with new sidecars, which a verifier that knows its business asks for by name. */
const KEYS_CACHE = 'public, max-age=60';
const SCHEMA_CACHE = 'public, max-age=300';

export function createTaskPorts(parts: AdminParts): TaskPorts {
  const { config, knex, clock, accessRequests, approvalKey } = parts;
  const { publicUrl } = config;
  return {
    ...accessRequests,
    settings: { publicUrl, ...config.accessTasks },
    signApproval:
      approvalKey === null
        ? null
        : (claims, decidedBy) =>
            signApprovalState(
              claims,
              approvalKey,
              // Whoever refused may be asked again, and so may the control plane.
              { issuer: publicUrl, audience: [...new Set([publicUrl, decidedBy])] },
              clock(),
            ),
    feedRevision: async () => (await readFeedHead(knex)).revision,
    async findSubject(name) {
      const ids: string[] = await knex('people')
        .where({ id: name })
        .orWhere({ sub: name })
        .orWhereRaw('lower(email) = lower(?)', [name])
        .limit(2)
        .pluck('id');
      const [id] = ids;
      return ids.length === 1 && id !== undefined ? findCurrentPerson(knex, { id }, clock()) : null;
    },
    assertCallable: (url) => assertPublic(url, config.webhooks.allowPrivate),
  };
}

/** @throws AccessError `invalid-value` naming `callback_urls` */
export function assertCallbackAddress(url: string, allowPrivate: boolean): void {
  const { protocol, username, password } = new URL(url);
  if (username !== '' || password !== '') throw refusedAddress('must not hold a user name or password');
  if (protocol !== 'https:' && !allowPrivate) throw refusedAddress('must be an https:// URL');
  try {
    assertCallable(url, allowPrivate);
  } catch (error) {
    throw refusedAddress(error instanceof Error ? error.message : 'may not be called');
  }
}

function refusedAddress(message: string): AccessError {
  return new AccessError('invalid-value', message, { field: 'callback_urls' });
}

/** What the name means now; what it means when it is called is looked at again, for that very connection. */
async function assertPublic(url: string, allowPrivate: boolean): Promise<void> {
  if (allowPrivate) return;
  const found = await lookup(new URL(url).hostname.replaceAll(/^\[|\]$/g, ''), { all: true }).catch(() => []);
  if (!found.some(({ address }) => isPrivateAddress(address))) return;
  throw new AccessError('invalid-value', 'leads to an address that is not on the public internet', {
    field: 'callback.endpoint',
  });
}

/** What everybody may read: keys, and what a submission has to say. */
export function accessRequestDocuments(parts: AdminParts): Router {
  const { registry, config, approvalKey } = parts;
  const router = Router();
  const own = parts.ownKeys;
  const { $schema, ...schema } = z.toJSONSchema(augmentationSchema, { io: 'input' });
  router.use([ACCESS_REQUEST_PATHS.jwks, ACCESS_REQUEST_PATHS.schema], profileVersion(config.accessTasks.versions));
  router.get(ACCESS_REQUEST_PATHS.jwks, async (_request, response) => {
    const keys = [...(await registry.denialKeys()), ...own];
    response.set('cache-control', KEYS_CACHE).type('application/jwk-set+json').json({ keys });
  });
  router.get(ACCESS_REQUEST_PATHS.approvalKeys, (_request, response) => {
    const keys = approvalKey === null ? [] : [approvalKey.publicJwk];
    response.set('cache-control', KEYS_CACHE).type('application/jwk-set+json').json({ keys });
  });
  router.get(ACCESS_REQUEST_PATHS.schema, (_request, response) => {
    response.set('cache-control', SCHEMA_CACHE).type('application/schema+json');
    response.json({ $schema, $id: config.publicUrl + ACCESS_REQUEST_PATHS.schema, ...schema });
  });
  return router;
}

/** Goes before whoever is asked for a person: programs have tokens of their own, good for tasks and nothing else. */
export function accessRequestCallers(parts: AdminParts, identifyPerson: readonly RequestHandler[]): Router {
  const people = Router().use(...identifyPerson);
  const router = Router();
  router.use(ACCESS_REQUEST_PATHS.requests, (_request, response, next) => {
    response.locals['problemTypes'] = TASK_PROBLEMS;
    next();
  });
  router.use(ACCESS_REQUEST_PATHS.requests, profileVersion(parts.config.accessTasks.versions));
  router.use(async (request, response, next) => {
    const token = clientToken(request.get('authorization'));
    if (token === null) return people(request, response, next);
    const client = await findClient(parts.knex, token);
    if (client === null) {
      throw new HttpProblem('not-signed-in', 'The token of this program is not known, or was taken from it.', {
        headers: { 'www-authenticate': 'Bearer realm="hallpass", error="invalid_token"' },
      });
    }
    response.locals['client'] = client;
    next();
  });
  return router;
}
