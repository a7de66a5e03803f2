/**
 * Signatures a token may bear. Asymmetric ones only: with a shared secret every verifier could make tokens (RFC 8725
 * sections 3.1 and 3.2).
 */
export const JWT_ALGORITHMS = [
  'EdDSA',
  'Ed25519',
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
] as const;
export type JwtAlgorithm = (typeof JWT_ALGORITHMS)[number];

/** What is accepted where the configuration names nothing else; alike for the sidecar and the admin API. */
export const DEFAULT_JWT_ALGORITHMS: readonly JwtAlgorithm[] = ['EdDSA', 'ES256', 'PS256', 'RS256'];
