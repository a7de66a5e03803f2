import type { JWK } from 'jose';
import type { Logger } from '../../core/process/logger.ts';
import { servedPatterns, type ProxyConfig, type ProxySecrets } from '../config.ts';
import { ControlPlane, type FeedPosition } from './control-plane.ts';
import type { FactSource } from './fact-source.ts';
import { FeedReader, type FeedReaderOptions } from './feed-reader.ts';
import type { FactsLink } from './facts-feed.ts';
import type { TrustedClock } from './trusted-clock.ts';

export interface FeedParts {
  readonly config: ProxyConfig;
  readonly secrets: ProxySecrets;
  readonly logger: Logger;
  readonly instance: string;
  readonly version: string;
  readonly clock: TrustedClock;
  readonly source: FactSource;
  /** Public half of the key that vouches for denials. */
  readonly denialKey: JWK;
  readonly policyRevision: () => string | null;
  /** How far everybody is who decides by these facts. */
  readonly applied: () => FeedPosition | null;
  readonly onEvent: FeedReaderOptions['onEvent'];
}

/** The stream of the control plane that the configuration names. */
export function createFeed(parts: FeedParts): FactsLink {
  const { config, secrets, logger, instance, clock } = parts;
  const { limits } = config;
  const patterns = servedPatterns(config);
  const controlPlane = new ControlPlane({
    url: config.control_plane.url,
    token: secrets.feedToken,
    instance,
    timeoutMs: limits.feed_request_timeout_ms,
    steady: clock.steady,
    onTime: (heard) => clock.hear(heard),
  });
  const feed = new FeedReader({
    controlPlane,
    patterns,
    registration: () => ({
      public_url: config.public_url,
      resources: patterns,
      denial_key: parts.denialKey,
      policy_revision: parts.policyRevision(),
      version: parts.version,
    }),
    source: parts.source,
    applied: parts.applied,
    limits,
    logger,
    now: clock.steady,
    clockSkewMs: () => (clock.skewMs === null ? null : Math.round(clock.skewMs)),
    onEvent: parts.onEvent,
  });
  return { feed, reportFirstUses: (uses) => controlPlane.reportFirstUses(uses) };
}
