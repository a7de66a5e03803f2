import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { errors, jwtVerify, SignJWT, type JWK, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { resourceRefSchema } from '../access/resource.ts';

const TOKEN_TYPE = 'hallpass-approval+jwt';
const ALGORITHM = 'EdDSA';

/**
 * What the control plane says of an approval it gave, in `approval.state` (ARAP draft 1, "Approval and Re-evaluation").
 * It proves where a reference comes from and what it is for; what gives access is the grant, and that alone.
 */
export const approvalClaimsSchema = z.object({
  /** Of the grant. */
  approval_id: z.string(),
  task_id: z.string(),
  /** Of the denial that was asked from. */
  evaluation_id: z.string().nullable(),
  subject: z.object({ type: z.literal('user'), id: z.string() }),
  resource: resourceRefSchema,
  action: z.object({ name: z.string() }),
  /** RFC 3339. */
  approved_until: z.iso.datetime(),
  /** From which on the grant is known to sidecars, as long as it has not ended. */
  feed_revision: z.int(),
});
export type ApprovalClaims = z.infer<typeof approvalClaimsSchema>;

export interface ApprovalKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicJwk: JWK;
}

/** DER of an Ed25519 private key up to its 32 bytes (RFC 8410, section 7). */
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The same key from the same seed, so that every process of the control plane has it. @param seed 32 bytes */
export function approvalKeyOf(seed: Buffer): ApprovalKey {
  const privateKey = createPrivateKey({ key: Buffer.concat([ED25519_PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const { kty, crv, x } = createPublicKey(privateKey).export({ format: 'jwk' }) as {
    kty: string;
    crv: string;
    x: string;
  };
  const kid = `cp_${x.slice(0, 22)}`;
  return { kid, privateKey, publicJwk: { kty, crv, x, kid, alg: ALGORITHM, use: 'sig' } };
}

export interface ApprovalParties {
  /** Public URL of the control plane. */
  readonly issuer: string;
  /** Whoever decided about the denial, and may decide again. */
  readonly audience: string | string[];
}

/** @returns a compact JWS that is good until `approved_until` */
export function signApprovalState(
  claims: ApprovalClaims,
  key: ApprovalKey,
  { issuer, audience }: ApprovalParties,
  nowMs: number,
): Promise<string> {
  return new SignJWT({ ...claims, binding_context_members: [] })
    .setProtectedHeader({ alg: ALGORITHM, typ: TOKEN_TYPE, kid: key.kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt(Math.floor(nowMs / 1000))
    .setExpirationTime(Math.ceil(Date.parse(claims.approved_until) / 1000))
    .sign(key.privateKey);
}

/** `invalid`: not of ours, or not for us. `expired`: was. `unavailable`: the keys could not be fetched. */
export type ApprovalReading = ApprovalClaims | 'invalid' | 'expired' | 'unavailable';

/** @param keys of the control plane alone: another signer's key must not speak for it */
export async function readApprovalState(
  state: string,
  keys: JWTVerifyGetKey,
  { issuer, audience }: { readonly issuer: string; readonly audience: string },
  nowMs: number,
): Promise<ApprovalReading> {
  try {
    const { payload } = await jwtVerify(state, keys, {
      algorithms: [ALGORITHM],
      issuer,
      audience,
      typ: TOKEN_TYPE,
      currentDate: new Date(nowMs),
      requiredClaims: ['exp', 'iss', 'aud'],
    });
    const claims = approvalClaimsSchema.safeParse(payload);
    return claims.success ? claims.data : 'invalid';
  } catch (error) {
    if (error instanceof errors.JWTExpired) return 'expired';
    return isOutage(error) ? 'unavailable' : 'invalid';
  }
}

/** jose has a class for each way a token can be wrong; a plain JOSEError or a foreign one is about fetching the keys. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return true;
  return error instanceof errors.JWKSTimeout || error.constructor === errors.JOSEError;
}
