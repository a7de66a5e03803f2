import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { Clock } from '../../core/process/clock.ts';
import type { JwtAlgorithm } from '../../core/process/jwt-algorithms.ts';
import { HttpProblem } from './problem.ts';

/** Types of token that may name a caller; one made for another purpose says another type (RFC 8725 section 3.11). */
const TOKEN_TYPES = new Set(['jwt', 'at+jwt']);

const CLOCK_TOLERANCE_SECONDS = 5;

export interface BearerConfig {
  readonly jwks_url: string;
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly JwtAlgorithm[];
  /** For one fetch of the keys. */
  readonly timeout_ms: number;
}

export interface VerifiedBearer {
  /** The subject name of the token's owner. */
  readonly sub: string;
  /** Milliseconds since the epoch. */
  readonly expires_at: number;
}

/** @throws HttpProblem `not-signed-in`, `identity-provider-unavailable` */
export type VerifyBearer = (token: string) => Promise<VerifiedBearer>;

/** Tokens of one issuer for one audience. What to accept is fixed here, never read from the token. */
export function createBearerVerifier(config: BearerConfig, clock: Clock): VerifyBearer {
  const keys = createRemoteJWKSet(new URL(config.jwks_url), { timeoutDuration: config.timeout_ms });
  return async function verifyBearer(token) {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        algorithms: [...config.algorithms],
        issuer: config.issuer,
        audience: config.audience,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(clock()),
      });
      const type = (protectedHeader.typ ?? 'JWT').toLowerCase().replace(/^application\//, '');
      const { sub, exp } = payload;
      if (!TOKEN_TYPES.has(type) || sub === undefined || sub === '' || exp === undefined) throw invalidToken('');
      return { sub, expires_at: exp * 1000 };
    } catch (error) {
      if (error instanceof HttpProblem) throw error;
      if (isOutage(error)) {
        throw new HttpProblem(
          'identity-provider-unavailable',
          'The keys that tokens are checked with can not be fetched.',
          {
            headers: { 'retry-after': '5' },
            cause: error,
          },
        );
      }
      throw invalidToken(error instanceof errors.JWTExpired ? ' It has expired.' : '');
    }
  };
}

/** jose has a class for each way a token can be wrong; a plain JOSEError or a foreign one is about fetching the keys. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return true;
  return (
    error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid || error.constructor === errors.JOSEError
  );
}

function invalidToken(why: string): HttpProblem {
  return new HttpProblem(
    'not-signed-in',
    `The bearer token could not be accepted.${why} Get a new one and try again.`,
    {
      headers: { 'www-authenticate': 'Bearer realm="hallpass", error="invalid_token"' },
    },
  );
}
