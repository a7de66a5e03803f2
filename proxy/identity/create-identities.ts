import { performance } from 'node:perf_hooks';
import type { JWTPayload } from 'jose';
import type { Clock } from '../../core/process/clock.ts';
import type { Logger } from '../../core/process/logger.ts';
import type { ProxyLimits } from '../config.ts';
import type { CertificateIdentity } from './certificate-identity.ts';
import { ClusterApi } from './cluster-api.ts';
import { Identities } from './identities.ts';
import {
  clusters,
  jwtIssuers,
  type IdentityConfig,
  type JwtConfig,
  type KubernetesConfig,
  type ProxyHeaderConfig,
} from './identity-config.ts';
import { JwtIdentity } from './jwt-identity.ts';
import { JwtVerifier } from './jwt-verifier.ts';
import { RemoteKeys, type KeyPlace } from './remote-keys.ts';
import { reviewServiceAccount, serviceAccountOf } from './service-account.ts';

export interface IdentitiesOptions {
  readonly config: IdentityConfig;
  readonly limits: ProxyLimits;
  readonly clock: Clock;
  readonly logger: Logger;
  /** null: client certificates say nothing about who calls. */
  readonly certificates: CertificateIdentity | null;
  readonly onKeyFetch: (outcome: 'fetched' | 'failed') => void;
}

/** The configured ways, and no others. Nothing is fetched yet. */
export function createIdentities(options: IdentitiesOptions): Identities {
  const { config, limits, clock, logger, certificates } = options;
  const issuers = jwtIssuers(config);
  const verifiers = [
    ...issuers.map((issuer) => verifierOf(issuer, options)),
    ...clusters(config).map((cluster) => clusterVerifier(cluster, options)),
  ];
  const withCookie = issuers.find((issuer) => issuer.cookie !== undefined);
  const { proxy_header: proxyHeader } = config;
  return new Identities(
    {
      certificates,
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

function verifierOf(issuer: JwtConfig | ProxyHeaderConfig, options: IdentitiesOptions): JwtVerifier {
  const place = { url: issuer.jwks_url, ca: null, headers: {} };
  const keys = keysOf(issuer.issuer, () => place, options);
  return new JwtVerifier({ rules: issuer, keys: keys.get, subjectOf: (claims) => subjectOf(claims, issuer) });
}

function clusterVerifier(cluster: KubernetesConfig, options: IdentitiesOptions): JwtVerifier {
  const { api_url: apiUrl, ca_file: caFile, token_file: tokenFile, token_review: reviewing } = cluster;
  const { subject_prefix: prefix = '' } = cluster;
  const api = new ClusterApi({ apiUrl, caFile, tokenFile });
  const keys = keysOf(cluster.issuer, () => api.keyPlace(), options);
  const verifier = {
    rules: cluster,
    keys: keys.get,
    subjectOf: (claims: JWTPayload) => {
      const account = serviceAccountOf(claims);
      return account === null ? null : `${prefix}${account}`;
    },
  };
  if (reviewing === undefined) return new JwtVerifier(verifier);
  const review = {
    api,
    audiences: [cluster.audience].flat(),
    timeoutMs: reviewing.timeout_ms,
    cacheMs: reviewing.cache_ms,
    onFailure: (error: unknown) =>
      options.logger.warn({ issuer: cluster.issuer, problem: causeOf(error) }, 'a TokenReview got no answer'),
  };
  return new JwtVerifier({
    ...verifier,
    confirm: (token, sub, nowMs) => reviewServiceAccount(token, sub.slice(prefix.length), nowMs, review),
  });
}

function keysOf(
  issuer: string,
  place: () => KeyPlace | Promise<KeyPlace>,
  { limits, logger, onKeyFetch }: IdentitiesOptions,
): RemoteKeys {
  return new RemoteKeys({
    place,
    limits,
    now: () => performance.now(),
    onFetch: (outcome, error) => {
      onKeyFetch(outcome);
      if (outcome === 'fetched') return;
      logger.warn({ issuer, problem: causeOf(error) }, 'the keys of an issuer could not be fetched');
    },
  });
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

function causeOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
