import { allowInsecureRequests, discovery, enableNonRepudiationChecks, None, type Configuration } from 'openid-client';
import { HttpProblem } from '../http/problem.ts';
import type { OidcConfig } from './oidc-config.ts';

/**
 * Reads the provider's metadata when it is first needed, so that an outage of the provider keeps nobody from starting
 * Hallpass; a failure is not remembered.
 */
export function createOidcClient(config: OidcConfig): () => Promise<Configuration> {
  let found: Promise<Configuration> | null = null;
  return async () => {
    found ??= discover(config);
    try {
      return await found;
    } catch (error) {
      found = null;
      throw new HttpProblem(
        'identity-provider-unavailable',
        'The identity provider can not be reached. Try again soon.',
        {
          headers: { 'retry-after': '5' },
          cause: error,
        },
      );
    }
  };
}

function discover(config: OidcConfig): Promise<Configuration> {
  const issuer = new URL(config.issuer);
  return discovery(
    issuer,
    config.client_id,
    config.client_secret,
    config.client_secret === undefined ? None() : undefined,
    {
      timeout: config.timeout_ms / 1000,
      // Signatures of ID tokens are checked although they come over TLS, so that http on loopback is not weaker.
      execute: [enableNonRepudiationChecks, ...(issuer.protocol === 'http:' ? [allowInsecureRequests] : [])],
    },
  );
}
