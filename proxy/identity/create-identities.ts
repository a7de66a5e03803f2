import { performance } from 'node:perf_hooks';
import type { JWTPayload } from 'jose';
import type { Clock } from '../../core/process/clock.ts';
import type { Logger } from '../../core/process/logger.ts';
import type { ProxyLimits } from '../config.ts';
import { Identities } from './identities.ts';
import { jwtIssuers, type IdentityConfig, type JwtConfig, type ProxyHeaderConfig } from './identity-config.ts';
import { JwtIdentity } from './jwt-identity.ts';
import { JwtVerifier } from './jwt-verifier.ts';
import { RemoteKeys } from './remote-keys.ts';

export interface IdentitiesOptions {
  readonly config: IdentityConfig;
  readonly limits: ProxyLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onKeyFetch: (outcome: 'fetched' | 'failed') => void;
}

/** The configured ways, and no others. Nothing is fetched yet. */
export function createIdentities(options: IdentitiesOptions): Identities {
  const { config, limits, clock, logger } = options;
  const issuers = jwtIssuers(config);
  const verifiers = issuers.map((issuer) => verifierOf(issuer, options));
  const withCookie = issuers.find((issuer) => issuer.cookie !== undefined);
  const { proxy_header: proxyHeader } = config;
  return new Identities(
    {
      tokens: verifiers.length === 0 ? null : new JwtIdentity(verifiers, limits, clock),
      cookie: withCookie === undefined ? null : { name: withCookie.cookie as string, issuer: withCookie.issuer },
      proxyHeader:
        proxyHeader === undefined
          ? null
          : {
              name: proxyHeader.header,
              tokens: new JwtIdentity([verifierOf(proxyHeader, options)], limits, clock, true),
            },
    },
    logger,
  );
}

function verifierOf(issuer: JwtConfig | ProxyHeaderConfig, { limits, onKeyFetch }: IdentitiesOptions): JwtVerifier {
  const keys = new RemoteKeys({
    place: () => ({ url: issuer.jwks_url, ca: null, headers: {} }),
    limits,
    now: () => performance.now(),
    onFetch: onKeyFetch,
  });
  return new JwtVerifier({ rules: issuer, keys: keys.get, subjectOf: (claims) => subjectOf(claims, issuer) });
}

/** Names of the other ways. An issuer of people could else name any workload. */
const WORKLOAD = /^(?:spiffe:|system:)/i;

function subjectOf(
  { sub }: JWTPayload,
  { subject_prefix: prefix = '', workloads }: Pick<JwtConfig, 'subject_prefix' | 'workloads'>,
): string | null {
  const name = `${prefix}${sub}`;
  return !workloads && WORKLOAD.test(name) ? null : name;
}
