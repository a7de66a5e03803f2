import { readFile } from 'node:fs/promises';
import type { JWK } from 'jose';
import { AccessError } from '../core/access/errors.ts';
import type { Entitlement } from '../core/access/grant.ts';
import { resourceKey } from '../core/access/resource.ts';
import { approvalKeyOf, type ApprovalKey } from '../core/decision/approval-state.ts';
import { verifyDenialToken } from '../core/decision/denial-token.ts';
import { createOpaPolicyEngine } from '../core/decision/opa-policy-engine.ts';
import { readPolicyBundle } from '../core/decision/policy-bundle.ts';
import type { Clock } from '../core/process/clock.ts';
import type { PolicyEngine } from '../core/decision/policy-engine.ts';
import { describeError, type Logger } from '../core/process/logger.ts';
import { ConfigError } from '../core/process/read-config.ts';
import type { PresentPorts } from './access-requests/present-access-requests.ts';
import { appendAuditEntries } from './audit/append-audit-entries.ts';
import type { AdminConfig } from './config.ts';
import { createSecretBox } from './db/secret-box.ts';
import { openDatabase, type Knex } from './db/knex.ts';
import { createUnitOfWork, type RunUnitOfWork } from './db/unit-of-work.ts';
import { appendFeedChange } from './feed/append-feed-change.ts';
import { FeedHub } from './feed/feed-hub.ts';
import { SidecarRegistry } from './feed/sidecar-registry.ts';
import { extendGrant } from './grants/extend-grant.ts';
import { presentGrants } from './grants/present-grants.ts';
import { recordGrant } from './grants/record-grant.ts';
import { LiveHub } from './live/live-hub.ts';
import { readNews } from './live/read-news.ts';
import { writeOutboxEvents } from './outbox/write-outbox-events.ts';
import { findCurrentPerson } from './people/find-current-person.ts';
import { adminsAmong, enabledAmong } from './people/people-among.ts';
import { readReviewers } from './people/read-reviewers.ts';
import { findResource } from './resources/resource-store.ts';
import { searchResources } from './resources/search-resources.ts';
import { visibleTo } from './resources/visible-resource.ts';
import { coveredBy, fittingScopes } from './scopes/fitting-scopes.ts';
import { ownedBy, ownersOf } from './scopes/scope-owners.ts';
import { findScope } from './scopes/scope-store.ts';
import { searchScopes } from './scopes/search-scopes.ts';
import { openSessionsAmong } from './sessions/open-sessions-among.ts';
import { openPostgresWake } from './wake/postgres-wake.ts';
import { openRedisWake } from './wake/redis-wake.ts';
import type { Wake } from './wake/wake.ts';

/** What the admin API and the worker both stand on; features meet here and nowhere else. */
export interface AdminParts {
  readonly config: AdminConfig;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly knex: Knex;
  readonly wake: Wake;
  readonly run: RunUnitOfWork;
  readonly hub: FeedHub;
  readonly live: LiveHub;
  readonly registry: SidecarRegistry;
  readonly accessRequests: PresentPorts;
  /** Signs what approvals say of themselves; null: HALLPASS_SECRET_KEY is not set. */
  readonly approvalKey: ApprovalKey | null;
  /** Signs denials of the control plane's own decision API; null likewise. */
  readonly denialKey: ApprovalKey | null;
  /** The public halves of both, as they are published. */
  readonly ownKeys: readonly JWK[];
  /** @throws AccessError `not-found` when what an entitlement names is not there */
  readonly assertExists: (knex: Knex, entitlement: Entitlement) => Promise<void>;
  close(): Promise<void>;
}

export async function createParts(config: AdminConfig, logger: Logger, clock: Clock): Promise<AdminParts> {
  const engine = await loadPolicy(config.policyBundle);
  const knex = openDatabase(config.databaseUrl, config.databaseConnections);
  const wake =
    config.redisUrl === null
      ? await openPostgresWake(config.databaseUrl, logger)
      : openRedisWake(config.redisUrl, logger);
  const run = createUnitOfWork({
    knex,
    clock,
    recorders: { audit: appendAuditEntries, outbox: writeOutboxEvents, feed: appendFeedChange },
    onCommit({ events, feedRevision }) {
      if (feedRevision !== null) wake.send('feed');
      if (events) wake.send('outbox');
    },
  });
  const own = ownKeysOf(config);
  const hub = new FeedHub(knex, clock, logger);
  const live = new LiveHub(
    {
      readNews: (since) => readNews(knex, since),
      adminsAmong: (ids) => adminsAmong(knex, ids, clock()),
      enabledAmong: (ids) => enabledAmong(knex, ids),
      openSessionsAmong: (ids) => openSessionsAmong(knex, ids, config.sessions, clock()),
    },
    config.live,
    logger,
  );
  const registry = new SidecarRegistry(knex, clock, logger);
  const accessRequests: PresentPorts = {
    knex,
    run,
    clock,
    pendingTimeoutMs: config.pendingTimeoutMs,
    remindIntervalMs: config.remindIntervalMs,
    engine: () => engine,
    findPerson: (trx, id, nowMs, lock) => findCurrentPerson(trx, { id }, nowMs, lock),
    async findVisibleResource(trx, ref, person, held = false) {
      const resource = await findResource(trx, ref);
      return resource !== null && visibleTo(resource, person, held) !== null ? resource : null;
    },
    searchResources,
    searchScopes,
    findScope,
    fittingScopes,
    coveredBy,
    readReviewers,
    ownersOf,
    ownedBy,
    recordGrant,
    extendGrant,
    presentGrants,
    verifyDenial: async (token, nowMs) =>
      verifyDenialToken(token, [...(await registry.denialKeys()), ...own.ownKeys], config.publicUrl, nowMs),
    mayReturnTo: async (url) => isBelow(url, await registry.publicUrls()),
    async readProgress() {
      const progress = await registry.progress();
      return (revision, key) => progress.hasApplied(revision ?? hub.head.revision, key);
    },
  };
  return {
    config,
    logger,
    clock,
    knex,
    wake,
    run,
    hub,
    live,
    registry,
    accessRequests,
    ...own,
    assertExists,
    async close() {
      await wake.close();
      await knex.destroy();
    },
  };
}

function ownKeysOf({ secretKey, publicUrl }: AdminConfig): Pick<AdminParts, 'approvalKey' | 'denialKey' | 'ownKeys'> {
  if (secretKey === null) return { approvalKey: null, denialKey: null, ownKeys: [] };
  const box = createSecretBox(secretKey);
  const approvalKey = approvalKeyOf(box.deriveKey('approval states'));
  const denialKey = approvalKeyOf(box.deriveKey('denial tokens'));
  return {
    approvalKey,
    denialKey,
    ownKeys: [approvalKey, denialKey].map((key) => ({ ...key.publicJwk, iss: publicUrl })),
  };
}

/** @throws ConfigError when the bundle can't be read or used */
async function loadPolicy(file: string): Promise<PolicyEngine> {
  try {
    return await createOpaPolicyEngine(await readPolicyBundle(await readFile(file)));
  } catch (error) {
    throw new ConfigError('the environment', [
      `HALLPASS_POLICY_BUNDLE: ${file} can't be used: ${describeError(error).message}`,
    ]);
  }
}

async function assertExists(knex: Knex, entitlement: Entitlement): Promise<void> {
  if (entitlement.kind === 'resource' && (await findResource(knex, entitlement.resource)) === null) {
    throw new AccessError('not-found', `There is no ${resourceKey(entitlement.resource)}.`, { field: 'resource' });
  }
  if (entitlement.kind === 'scope' && (await findScope(knex, entitlement.scope_id)) === null) {
    throw new AccessError('not-found', `There is no Scope ${entitlement.scope_id}.`, { field: 'scope_id' });
  }
}

/** Same origin, and below the path: `https://proxy.example` must not vouch for `https://proxy.example.evil`. */
function isBelow(url: string, bases: readonly string[]): boolean {
  if (!URL.canParse(url)) return false;
  const target = new URL(url);
  if (target.username !== '' || target.password !== '') return false;
  return bases.some((base) => {
    const { origin, pathname } = new URL(base);
    return target.origin === origin && target.pathname.startsWith(pathname.endsWith('/') ? pathname : `${pathname}/`);
  });
}
