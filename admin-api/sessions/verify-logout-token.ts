import { createRemoteJWKSet, jwtVerify, type JWTVerifyGetKey } from 'jose';
import type { Configuration } from 'openid-client';
import type { Clock } from '../../core/process/clock.ts';
import { JWT_ALGORITHMS } from '../../core/process/jwt-algorithms.ts';
import type { OidcConfig } from './oidc-config.ts';

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** Older than this a token is refused; so long its `jti` is remembered. */
export const MAX_LOGOUT_TOKEN_AGE_MS = 300_000;
const CLOCK_TOLERANCE_SECONDS = 5;
const MAX_JTI_CHARS = 300;

/** Whom the provider has signed out: one session of its own, a person, or both. */
export interface LogoutToken {
  readonly jti: string;
  readonly sub: string | null;
  readonly sid: string | null;
}

/** Why a logout token is not followed; its message goes back to the provider. */
export class LogoutTokenRefused extends Error {
  override readonly name = 'LogoutTokenRefused';
}

/**
 * Checks a logout token (OpenID Connect Back-Channel Logout 1.0 section 2.6): signature, issuer, audience, age, the
 * event it is about, that it is no ID token, and that it names somebody.
 * @throws LogoutTokenRefused
 */
export function createLogoutTokenVerifier(
  config: OidcConfig,
  getClient: () => Promise<Configuration>,
  clock: Clock,
): (token: string) => Promise<LogoutToken> {
  let keys: JWTVerifyGetKey | null = null;
  return async function verifyLogoutToken(token) {
    keys ??= await keysOf(getClient, config);
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      algorithms: [...JWT_ALGORITHMS],
      issuer: config.issuer,
      audience: config.client_id,
      maxTokenAge: MAX_LOGOUT_TOKEN_AGE_MS / 1000,
      requiredClaims: ['iat', 'jti'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(clock()),
    }).catch((error: unknown) => {
      throw new LogoutTokenRefused('The logout token could not be verified.', { cause: error });
    });
    const { jti, sub, sid, events, nonce } = payload;
    const type = protectedHeader.typ?.toLowerCase().replace(/^application\//, '');
    // Providers of before the type was settled say JWT or nothing.
    if (type !== undefined && type !== 'logout+jwt' && type !== 'jwt')
      throw new LogoutTokenRefused('It is no logout token.');
    if (nonce !== undefined) throw new LogoutTokenRefused('A logout token has no nonce.');
    if (!isLogout(events)) throw new LogoutTokenRefused(`The events claim must have ${LOGOUT_EVENT}.`);
    if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI_CHARS)
      throw new LogoutTokenRefused('The jti claim is missing.');
    const named = { sub: textOf(sub), sid: textOf(sid) };
    if (named.sub === null && named.sid === null) throw new LogoutTokenRefused('The token must have sub or sid.');
    return { jti, ...named };
  };
}

async function keysOf(getClient: () => Promise<Configuration>, config: OidcConfig): Promise<JWTVerifyGetKey> {
  try {
    const { jwks_uri: url } = (await getClient()).serverMetadata();
    if (url !== undefined) return createRemoteJWKSet(new URL(url), { timeoutDuration: config.timeout_ms });
  } catch (error) {
    throw new LogoutTokenRefused('The keys of the provider can not be fetched.', { cause: error });
  }
  throw new LogoutTokenRefused('The provider publishes no keys.');
}

function isLogout(events: unknown): boolean {
  if (typeof events !== 'object' || events === null) return false;
  const event = (events as Record<string, unknown>)[LOGOUT_EVENT];
  return typeof event === 'object' && event !== null && !Array.isArray(event);
}

function textOf(claim: unknown): string | null {
  return typeof claim === 'string' && claim !== '' ? claim : null;
}
