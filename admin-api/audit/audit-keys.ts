import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { compactVerify, CompactSign, createLocalJWKSet, type JWK } from 'jose';
import { z } from 'zod';

const ALGORITHM = 'EdDSA';

/** What a signature is over, so that one kind can't be shown as another (RFC 8725, section 3.11). */
export type SealType = 'hallpass-audit-head+jws' | 'hallpass-audit-checkpoint+jws';

export interface SigningKey {
  readonly kid: string;
  readonly key: KeyObject;
  readonly publicJwk: JWK;
}

export interface AuditKeys {
  /** null: nothing is signed here. */
  readonly signing: SigningKey | null;
  /** The public halves of the signing key and of those before it; what they signed stays believable. */
  readonly published: readonly JWK[];
}

const publicKeySchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});
const jwksSchema = z.object({ keys: z.array(publicKeySchema).max(100) });

/** @param retired public keys that signed before @returns the same key but once */
export function combineKeys(signing: SigningKey | null, retired: readonly JWK[]): AuditKeys {
  const all = signing === null ? retired : [signing.publicJwk, ...retired];
  return {
    signing,
    published: all.filter((one, place) => all.findIndex((other) => other.kid === one.kid) === place),
  };
}

/**
 * @param text an Ed25519 private key, as PEM (PKCS #8; `\n` may stand for line ends) or JWK
 * @throws Error that says what is wrong, without the key
 */
export function readSigningKey(text: string): SigningKey {
  const key = readPrivateKey(text);
  const publicJwk = publishedKey(publicKeySchema.parse(createPublicKey(key).export({ format: 'jwk' })));
  return { kid: publicJwk.kid as string, key, publicJwk };
}

/** @param text a JWK Set @throws Error that says what is wrong */
export function readPublicKeys(text: string): JWK[] {
  try {
    return jwksSchema.parse(JSON.parse(text)).keys.map(publishedKey);
  } catch {
    throw new Error('must be a JWK Set of Ed25519 public keys: {"keys":[{"kty":"OKP","crv":"Ed25519","x":"…"}]}');
  }
}

/** @returns a compact JWS (RFC 7515) over the JSON of `claims` */
export function seal(keys: AuditKeys, type: SealType, claims: object): Promise<string> {
  if (keys.signing === null) throw new Error('No key to sign with: set HALLPASS_AUDIT_SIGNING_KEY.');
  return new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: ALGORITHM, typ: type, kid: keys.signing.kid })
    .sign(keys.signing.key);
}

/** What was sealed; null when none of the keys signed it, or it is of another type. */
export async function unseal(published: readonly JWK[], type: SealType, jws: string): Promise<unknown> {
  try {
    const { payload, protectedHeader } = await compactVerify(jws, createLocalJWKSet({ keys: [...published] }), {
      algorithms: [ALGORITHM],
    });
    return protectedHeader.typ === type ? JSON.parse(Buffer.from(payload).toString('utf8')) : null;
  } catch {
    return null;
  }
}

function readPrivateKey(text: string): KeyObject {
  try {
    const key = text.trimStart().startsWith('{')
      ? createPrivateKey({ key: JSON.parse(text) as JWK as never, format: 'jwk' })
      : createPrivateKey({ key: text.replaceAll(String.raw`\n`, '\n'), format: 'pem' });
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Said below: the parser's own words may repeat parts of the key.
  }
  throw new Error('must be an Ed25519 private key, as PEM or JWK; make one with: openssl genpkey -algorithm ed25519');
}

/** Named by its thumbprint (RFC 7638), so a key has the same name wherever it is read. */
function publishedKey({ kty, crv, x }: z.output<typeof publicKeySchema>): JWK {
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
  return { kty, crv, x, kid, alg: ALGORITHM, use: 'sig' };
}
