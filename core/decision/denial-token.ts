import { generateKeyPair, sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { createLocalJWKSet, errors, exportJWK, jwtVerify, type JWK } from 'jose';
import { z } from 'zod';
import { AccessError } from '../access/errors.ts';
import { entitlementSchema } from '../access/grant.ts';
import { newId } from '../access/ids.ts';
import { resourceRefSchema } from '../access/resource.ts';

/** How long a denial may be answered with a request. ARAP asks for minutes; a person has to read and type. */
export const DENIAL_TOKEN_LIFETIME_MS = 30 * 60_000;

const TOKEN_TYPE = 'hallpass-denial+jwt';
const ALGORITHM = 'EdDSA';

/**
 * What a sidecar vouches for: this subject was denied this action on this resource (the inline form of ARAP draft 1,
 * "Denial Binding Claims"). It gives nothing; it only lets the control plane believe where a request comes from.
 */
export const denialClaimsSchema = z.object({
  subject: z.object({ type: z.literal('user'), id: z.string() }),
  resource: resourceRefSchema,
  action: z.object({ name: z.string() }),
  evaluation_id: z.string(),
  reason: z.string(),
  /** Where the person was going, for the way back; only for GET and HEAD. */
  return_to: z.string().nullable(),
  /** What would change the answer, where it is not the resource itself. */
  ask: entitlementSchema.optional(),
  /** Of the question as an app wrote it; the entities above are what its names stood for. */
  binding_hash: z.string().optional(),
});
export type DenialClaims = z.infer<typeof denialClaimsSchema>;

/** With what the signature itself says: when it was denied, to the second, and by which sidecar. */
export interface VerifiedDenial extends DenialClaims {
  /** RFC 3339; null when the token does not say. */
  readonly denied_at: string | null;
  /** Public URL. */
  readonly sidecar: string;
  /** RFC 3339: `access_request.expires_at` of the denial; null when the token does not say. */
  readonly denial_expires_at: string | null;
}

export interface DenialKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  /** Registered with the control plane. */
  readonly publicJwk: JWK;
}

const makeKeyPair = promisify(generateKeyPair);

/** What signs: a sidecar's key, or one of the control plane's own. */
export type DenialSigner = Pick<DenialKey, 'kid'> & { readonly privateKey: KeyObject };

/** A fresh Ed25519 key; a sidecar makes one at its start and keeps it in memory only. */
export async function createDenialKey(): Promise<DenialKey> {
  const { privateKey, publicKey } = await makeKeyPair('ed25519');
  const kid = newId('sidecar');
  return { kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg: ALGORITHM, use: 'sig' } };
}

export interface DenialTokenParties {
  /** Public URL of the sidecar that denied. */
  readonly issuer: string;
  /** Public URL of the control plane that takes the request. */
  readonly audience: string;
}

/**
 * Signed at once, and put together here (RFC 7515 7.1, RFC 8037 3.1): by way of the thread pool a refusal would cost twice
 * as much.
 * @returns a compact JWS that lives for `DENIAL_TOKEN_LIFETIME_MS`
 */
export function signDenialToken(
  claims: DenialClaims,
  key: DenialSigner,
  parties: DenialTokenParties,
  nowMs: number,
): string {
  const expires = Math.floor((nowMs + DENIAL_TOKEN_LIFETIME_MS) / 1000);
  const payload = {
    ...claims,
    denial_expires_at: new Date(expires * 1000).toISOString(),
    binding_context_members: [],
    iss: parties.issuer,
    aud: parties.audience,
    iat: Math.floor(nowMs / 1000),
    exp: expires,
    jti: claims.evaluation_id,
  };
  const signed = `${encode({ alg: ALGORITHM, typ: TOKEN_TYPE, kid: key.kid })}.${encode(payload)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key.privateKey).toString('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/** When a token signed at `nowMs` stops being accepted, for `access_request.expires_at`. */
export function denialTokenExpiry(nowMs: number): string {
  return new Date(Math.floor((nowMs + DENIAL_TOKEN_LIFETIME_MS) / 1000) * 1000).toISOString();
}

/**
 * @param keys the registered public keys of the sidecars; of one with a member `iss`, only for that issuer
 * @throws AccessError `binding-expired` or `binding-invalid`
 */
export async function verifyDenialToken(
  token: string,
  keys: readonly JWK[],
  audience: string,
  nowMs: number,
): Promise<VerifiedDenial> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet({ keys: [...keys] }), {
      algorithms: [ALGORITHM],
      audience,
      typ: TOKEN_TYPE,
      currentDate: new Date(nowMs),
      requiredClaims: ['exp', 'iss', 'jti'],
    });
    const { iss: owner } = (keys.find((key) => key.kid === protectedHeader.kid) ?? {}) as { readonly iss?: unknown };
    if (owner !== undefined && owner !== payload.iss) throw new errors.JWTInvalid('a key speaks for its own sidecar');
    return {
      ...denialClaimsSchema.parse(payload),
      denied_at: payload.iat === undefined ? null : new Date(payload.iat * 1000).toISOString(),
      sidecar: payload.iss as string,
      denial_expires_at: typeof payload['denial_expires_at'] === 'string' ? payload['denial_expires_at'] : null,
    };
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      throw new AccessError(
        'binding-expired',
        'The denial this request comes from is too old. Try the address again and use the new link.',
        {
          field: 'binding_token',
        },
      );
    }
    throw new AccessError(
      'binding-invalid',
      'The binding token is not one that a known sidecar made for this control plane.',
      {
        field: 'binding_token',
      },
    );
  }
}
