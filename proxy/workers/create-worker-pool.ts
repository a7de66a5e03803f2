import type { Logger } from '../../core/process/logger.ts';
import type { ProxyConfig, ProxySecrets } from '../config.ts';
import type { ProxyParts } from '../create-parts.ts';
import { WorkerPool } from './worker-pool.ts';

/** Joined to the parts of the first process; null where that carries the traffic itself. */
export function createWorkerPool(
  options: {
    readonly config: ProxyConfig;
    readonly secrets: ProxySecrets;
    readonly logger: Logger;
    readonly instance: string;
    readonly writeLines: (lines: string) => void;
  },
  parts: ProxyParts,
): WorkerPool | null {
  if (options.config.proxy.workers === 1) return null;
  const { facts, clock, policy, metrics, firstUses, feed, denialKey, identity } = parts;
  const pool = new WorkerPool({
    ...options,
    denialKey: { kid: denialKey.kid, privateJwk: denialKey.privateKey.export({ format: 'jwk' }) },
    assertionKeys: identity.assertionKeys,
    facts,
    clock,
    policy,
    registry: metrics.registry,
    onFirstUses: (uses) => firstUses.pass(uses),
    onApplied: () => feed.askTime(),
    onLines: options.writeLines,
  });
  parts.applied.position = () => pool.applied;
  return pool;
}
