import type { Clock } from '../core/process/clock.ts';
import type { Lifecycle } from '../core/process/lifecycle.ts';
import type { Logger } from '../core/process/logger.ts';
import type { ProxyConfig } from './config.ts';
import { AssertionKeys } from './identity/assertion-keys.ts';
import { Assertions } from './identity/assertions.ts';
import { CertificateIdentity } from './identity/certificate-identity.ts';
import { createIdentities } from './identity/create-identities.ts';
import type { Identities } from './identity/identities.ts';
import { trafficTlsOf } from './identity/tls-config.ts';
import type { ProxyMetrics } from './proxy-metrics.ts';
import { TrafficTls } from './traffic-tls.ts';

export interface IdentityParts {
  readonly identities: Identities;
  /** null: plain HTTP on the traffic port. */
  readonly trafficTls: TrafficTls | null;
  readonly assertionKeys: AssertionKeys;
  /** null: upstreams are told nothing that is signed. */
  readonly assertions: Assertions | null;
}

/**
 * Who calls, and what upstreams are told of it.
 * @throws Error that names the certificate file that can't be used
 */
export async function createIdentityParts(options: {
  readonly config: ProxyConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: ProxyMetrics;
  /** Of another process of this sidecar; made here, if not given. */
  readonly assertionKeys?: AssertionKeys | undefined;
}): Promise<IdentityParts> {
  const { config, clock, logger, metrics } = options;
  const { limits, identity, assertion } = config;
  const certificates = identity.mtls === undefined ? null : new CertificateIdentity(clock);
  const tls = trafficTlsOf(config);
  const trafficTls =
    tls === null
      ? null
      : await TrafficTls.load({
          config: tls,
          trustDomains: identity.mtls?.trust_domains ?? [],
          handshakeTimeoutMs: limits.headers_timeout_ms,
          logger,
          onConnection: (socket, bundles) => certificates?.note(socket, bundles),
          onBundles: (bundles) => certificates?.use(bundles),
          onLoad: (result) => metrics.tlsLoads.inc({ result }),
        });
  const identities = createIdentities({
    config: identity,
    limits,
    clock,
    logger,
    certificates,
    onKeyFetch: (outcome) => metrics.keyFetches.inc({ outcome }),
  });
  const assertionKeys = options.assertionKeys ?? new AssertionKeys(assertion.rotate_ms);
  const assertions = !assertion.enabled
    ? null
    : new Assertions({
        keys: assertionKeys,
        issuer: config.public_url,
        lifetimeMs: assertion.lifetime_seconds * 1000,
        remembered: assertion.remembered,
      });
  return { identities, trafficTls, assertionKeys, assertions };
}

export function startIdentity({ assertionKeys, trafficTls }: IdentityParts, lifecycle: Lifecycle): void {
  assertionKeys.start();
  lifecycle.onStop('identity', () => {
    assertionKeys.stop();
    trafficTls?.stop();
  });
}

/** Bounds that are settings of these parts (law 15). */
export function identityLimits({ assertion, proxy }: ProxyConfig): Record<string, number> {
  return {
    assertion_lifetime_seconds: assertion.lifetime_seconds,
    assertion_rotate_ms: assertion.rotate_ms,
    assertions: assertion.remembered,
    ...(proxy.tls === undefined ? {} : { tls_poll_ms: proxy.tls.poll_ms }),
  };
}
