import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { readAdminConfig } from '../../admin-api/config.ts';
import { addPerson } from '../../admin-api/people/change-person.ts';
import { createFeedCredential } from '../../admin-api/feed/feed-credential.ts';
import { recordGrant } from '../../admin-api/grants/record-grant.ts';
import { putResource } from '../../admin-api/resources/resource-store.ts';
import { putScope } from '../../admin-api/scopes/scope-store.ts';
import { runAdminApi, type RunningAdminApi } from '../../admin-api/run-admin-api.ts';
import { runWorker } from '../../admin-api/run-worker.ts';
import { createLogger } from '../../core/process/logger.ts';
import { closeServer, listen } from '../../core/process/ops-server.ts';
import { DEMO_PEOPLE, DEMO_RESOURCES, DEMO_SCOPES } from '../../quickstart/demo-people.ts';
import { findFreePort } from './free-port.ts';
import { httpClient, type HttpClient } from './http-client.ts';
import { createTestDatabase } from './test-database.ts';
import { createTestRedis } from './test-redis.ts';
import type { Profile } from './test-services.ts';

const ISSUER = 'https://idp.test';
const AUDIENCE = 'hallpass';

export interface TestAdminApi {
  readonly url: string;
  readonly running: RunningAdminApi;
  readonly config: ReturnType<typeof readAdminConfig>;
  /** `member` stands for member@example.com. */
  as(name: string): HttpClient;
  tokenOf(name: string, claims?: Record<string, unknown>): Promise<string>;
  idOf(name: string): string;
  feedToken(resources?: readonly string[]): Promise<string>;
  startWorker(): Promise<{ stop(): Promise<void> }>;
  stop(): Promise<void>;
}

/** The admin API with the demo people or what else is seeded, on a real database, with a real issuer of tokens; in this process. */
export async function startAdminApi(
  profile: Profile = 'embedded',
  environment: Readonly<Record<string, string>> = {},
  seed: (running: RunningAdminApi) => Promise<void> = seedDemo,
): Promise<TestAdminApi> {
  const database = await createTestDatabase(profile);
  const redis = profile === 'server' ? await createTestRedis() : null;
  const { privateKey, publicKey } = await generateKeyPair('EdDSA');
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'test', alg: 'EdDSA', use: 'sig' }] };
  const issuer = createServer((_request, response) => void response.end(JSON.stringify(jwks)));
  const issuerPort = await listen(issuer, 0, '127.0.0.1');
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const config = readAdminConfig({
    DATABASE_URL: database.connectionString,
    REDIS_URL: redis?.url ?? '',
    HALLPASS_ADMIN_PORT: String(port),
    HALLPASS_ADMIN_OPS_PORT: '0',
    HALLPASS_WORKER_OPS_PORT: '0',
    HALLPASS_ADMIN_PUBLIC_URL: url,
    HALLPASS_JWT_JWKS_URL: `http://127.0.0.1:${issuerPort}/jwks`,
    HALLPASS_JWT_ISSUER: ISSUER,
    HALLPASS_JWT_AUDIENCE: AUDIENCE,
    HALLPASS_FEED_HEARTBEAT_MS: '200',
    HALLPASS_SWEEP_INTERVAL_MS: '200',
    HALLPASS_LOG_LEVEL: 'silent',
    ...environment,
  });
  const logger = createLogger('test', config.logLevel);
  const running = await runAdminApi(config, logger, null);
  await seed(running);

  const tokenOf = (name: string, claims: Record<string, unknown> = {}) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', kid: 'test', typ: 'JWT' })
      .setSubject(`demo:${name}`)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt()
      .setExpirationTime((claims['exp'] as number | undefined) ?? '1h')
      .sign(privateKey);
  const tokens = new Map<string, string>();
  for (const person of DEMO_PEOPLE) {
    const name = person.email.split('@')[0] as string;
    tokens.set(name, await tokenOf(name));
  }
  const workers: { stop(): Promise<void> }[] = [];
  return {
    url,
    running,
    config,
    tokenOf,
    as: (name) => httpClient(url, tokens.get(name) ?? null),
    idOf: (name) => `per_demo_${name}`,
    feedToken: (resources = ['*']) => createFeedCredential(running.parts.knex, crypto.randomUUID(), resources),
    async startWorker() {
      const worker = await runWorker(config, logger);
      workers.push(worker);
      return worker;
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
      await running.stop();
      await closeServer(issuer);
      await database.drop();
      await redis?.drop();
    },
  };
}

async function seedDemo({ parts }: RunningAdminApi): Promise<void> {
  const { run } = parts;
  for (const person of DEMO_PEOPLE) await addPerson(run, null, person);
  for (const resource of DEMO_RESOURCES) await putResource(run, null, resource);
  for (const scope of DEMO_SCOPES) await putScope(run, null, scope);
  for (const name of ['member', 'member2']) {
    await run((unit) =>
      recordGrant(unit, {
        subject: { id: `per_demo_${name}`, email: `${name}@example.com`, name },
        entitlement: { kind: 'scope', scope_id: 'staging' },
        duration_seconds: null,
        request_id: null,
        evaluation_id: null,
        origin: 'assignment',
        given_by: null,
        note: null,
      }),
    );
  }
}
