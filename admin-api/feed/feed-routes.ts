import { Router, json, type Request, type Response } from 'express';
import { z } from 'zod';
import { opaqueId } from '../../core/access/ids.ts';
import { FEED_TIME_HEADER } from '../../core/feed/feed-time-header.ts';
import { coversPattern, resourcePatternSchema } from '../../core/feed/resource-pattern.ts';
import type { Knex } from '../db/knex.ts';
import { HttpProblem } from '../http/problem.ts';
import { findFeedCredential, type FeedCredential } from './feed-credential.ts';
import type { FeedParts } from './feed-parts.ts';
import { firstUsesBody, recordFirstUses } from './record-first-uses.ts';
import { registerSidecar } from './register-sidecar.ts';
import { streamFeed } from './stream-feed.ts';

const instanceParams = z.object({ instance: opaqueId });

const registrationBody = z.strictObject({
  public_url: z.url({ protocol: /^https?$/ }).max(500),
  resources: z.array(resourcePatternSchema).min(1).max(10_000),
  // Public Ed25519 keys only (RFC 8037): a private part sent by mistake is refused, not stored.
  denial_key: z.strictObject({
    kty: z.literal('OKP'),
    crv: z.literal('Ed25519'),
    x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
    kid: opaqueId,
    alg: z.enum(['EdDSA', 'Ed25519']).optional(),
    use: z.literal('sig').optional(),
  }),
  policy_revision: z.string().max(200).nullable(),
  version: z.string().max(100),
});

const appliedBody = z.strictObject({
  epoch: z.string().min(1).max(64),
  revision: z.int().min(0),
  /** Its machine's clock less ours; null while it does not know. */
  clock_skew_ms: z.int().min(-2_147_483_648).max(2_147_483_647).nullable().default(null),
});

const streamQuery = z.strictObject({
  instance: opaqueId,
  resources: z
    .string()
    .max(1_000_000)
    .transform((text) => text.split(','))
    .pipe(z.array(resourcePatternSchema).min(1).max(10_000)),
  epoch: z.string().min(1).max(64).optional(),
  revision: z.coerce.number().int().min(0).optional(),
  mark: z.string().min(1).max(64).optional(),
});

/**
 * What a sidecar's credential opens, and all it opens (law 11): the feed, and saying who it is, how far it has come, and which
 * grants have come into use.
 */
export function createFeedRoutes(parts: FeedParts): Router {
  const { knex, registry, run, clock } = parts;
  const router = Router();
  router.use('/feed/v1', (_request, response, next) => {
    response.set(FEED_TIME_HEADER, String(clock()));
    next();
  });
  router.use('/feed/v1', json({ limit: '1mb', strict: true }));

  router.put('/feed/v1/sidecars/:instance', async (request, response) => {
    const credential = await authenticateSidecar(knex, request);
    const { instance } = instanceParams.parse(request.params);
    const registration = registrationBody.parse(request.body);
    assertCovered(credential, registration.resources);
    if ((await registerSidecar(run, instance, credential, registration)) === 'taken') {
      throw new HttpProblem('not-found', 'This instance id belongs to another sidecar; make a new one.', {
        field: 'instance',
      });
    }
    response.status(204).end();
  });

  router.post('/feed/v1/sidecars/:instance/applied', async (request, response) => {
    const { instance } = await ownInstance(parts, request, instanceParams.parse(request.params).instance);
    await registry.report(instance, appliedBody.parse(request.body));
    response.status(204).end();
  });

  router.post('/feed/v1/sidecars/:instance/first-uses', async (request, response) => {
    const own = await ownInstance(parts, request, instanceParams.parse(request.params).instance);
    await recordFirstUses(run, own, firstUsesBody.parse(request.body).first_uses);
    response.status(204).end();
  });

  router.get('/feed/v1/stream', async (request: Request, response: Response) => {
    const credential = await authenticateSidecar(knex, request);
    const query = streamQuery.parse(request.query);
    assertCovered(credential, query.resources);
    const { instance } = await ownInstance(parts, request, query.instance);
    await streamFeed(parts, response, { ...query, instance });
  });
  return router;
}

async function authenticateSidecar(knex: Knex, request: Request): Promise<FeedCredential> {
  const [, token] = /^Bearer +(\S+)$/i.exec(request.get('authorization') ?? '') ?? [];
  const credential = token === undefined ? null : await findFeedCredential(knex, token);
  if (credential === null) {
    throw new HttpProblem('not-signed-in', 'The feed wants the credential of a sidecar as a bearer token.', {
      headers: { 'www-authenticate': 'Bearer realm="hallpass feed"' },
    });
  }
  return credential;
}

function assertCovered(credential: FeedCredential, patterns: readonly string[]): void {
  const beyond = patterns.find((pattern) => !coversPattern(credential.resources, pattern));
  if (beyond !== undefined) {
    throw new HttpProblem('role-too-low', `The credential ${credential.name} may not serve ${beyond}.`, {
      field: 'resources',
      facts: { allowed: credential.resources },
    });
  }
}

async function ownInstance(
  parts: FeedParts,
  request: Request,
  id: string,
): Promise<{ readonly instance: string; readonly credential: FeedCredential }> {
  const credential = await authenticateSidecar(parts.knex, request);
  const row = await parts.registry.find(id);
  if (row === undefined || row.credential_id !== credential.id) {
    throw new HttpProblem('not-found', 'This sidecar is not registered; PUT /feed/v1/sidecars/{instance} first.', {
      field: 'instance',
    });
  }
  return { instance: id, credential };
}
