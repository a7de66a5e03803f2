import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { compactVerify, decodeJwt, decodeProtectedHeader, errors } from 'jose';
import { z } from 'zod';
import { readBundleJson, type BundleFiles } from './bundle-archive.ts';
import { hashBundleFile } from './hash-bundle-file.ts';
import { PolicyEngineError } from './policy-engine.ts';

export const SIGNATURES_PATH = '.signatures.json';

/** What `opa sign --signing-alg` makes with a key pair. With a shared secret every verifier could sign. */
export const BUNDLE_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
] as const;
export type BundleAlgorithm = (typeof BUNDLE_ALGORITHMS)[number];

export interface BundleKey {
  readonly algorithm: BundleAlgorithm;
  readonly publicKey: KeyObject;
  /** What the signature's `scope` must be, where the trust as a whole names none. */
  readonly scope: string;
}

/** Whose signatures count. */
export interface BundleTrust {
  readonly keys: ReadonlyMap<string, BundleKey>;
  /** The one key to check with; null: the one that the signature names. */
  readonly keyId: string | null;
  /** '' : that of the key. */
  readonly scope: string;
}

/** A signature that holds, over every file of the bundle. */
export interface BundleSignature {
  readonly keyId: string;
  /** The claim `iat`, in seconds since the Unix epoch; null when the signer left it out. */
  readonly issuedAtSeconds: number | null;
  /** SHA-256 of the token, in hexadecimal: one signature, one bundle. */
  readonly digest: string;
}

/** `.signatures.json` and the payload of its token (OPA documentation, "Bundles", section "Signature Format"). */
const signaturesSchema = z.object({
  signatures: z.array(z.string().max(4_194_304)),
  plugin: z.string().optional(),
});
const payloadSchema = z.object({
  files: z.array(z.object({ name: z.string(), hash: z.string(), algorithm: z.string().default('') })),
  iat: z.number().int().min(0).max(253_402_300_799).optional(),
  scope: z.string().default(''),
});

/**
 * @param pem a public key or a certificate
 * @throws Error with a sentence when it is none, or of another kind than the algorithm takes
 */
export function readBundleKey(pem: string, algorithm: BundleAlgorithm, scope = ''): BundleKey {
  if (/PRIVATE KEY/.test(pem)) throw new Error('is a private key; whoever only checks needs the public one');
  let publicKey: KeyObject;
  try {
    publicKey = createPublicKey(pem);
  } catch {
    throw new Error('is no public key or certificate in PEM');
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = publicKey;
  const curve = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' }[algorithm as string];
  const fits =
    curve === undefined ? type === 'rsa' && (details?.modulusLength ?? 0) >= 2_048 : details?.namedCurve === curve;
  if (!fits) throw new Error(`does not fit ${algorithm}: it must be ${curve ?? 'RSA of 2048 bits or more'}`);
  return { algorithm, publicKey, scope };
}

/**
 * Holds every file of a bundle against its signature: exactly one token, by a configured key with the algorithm of that
 * key, whose list names all files and no others.
 * @throws PolicyEngineError that says what does not hold
 */
export async function verifyBundle(files: BundleFiles, trust: BundleTrust): Promise<BundleSignature> {
  const file = files.get(SIGNATURES_PATH);
  if (file === undefined) throw refused(`is not signed: it has no ${SIGNATURES_PATH}`);
  const parsed = signaturesSchema.safeParse(readBundleJson(file, SIGNATURES_PATH));
  if (!parsed.success) throw refused(`has a malformed ${SIGNATURES_PATH}`);
  const { signatures, plugin = '_default' } = parsed.data;
  if (plugin !== '_default') throw refused('is signed by a plugin of OPA, which is not known here');
  const [token] = signatures;
  if (signatures.length !== 1 || token === undefined) throw refused('must have exactly one signature');
  const keyId = trust.keyId ?? namedKey(token) ?? onlyKey(trust);
  if (keyId === null) throw refused('has a signature that names no key, and there are several to check with');
  const key = trust.keys.get(keyId);
  if (key === undefined) throw refused(`is signed with the key ${keyId}, which is not one of the configured`);
  const payload = await verifyToken(token, key, keyId);
  if (payload.scope !== (trust.scope || key.scope)) throw refused('is signed for another scope');
  compareFiles(files, payload.files);
  const digest = createHash('sha256').update(token).digest('hex');
  return { keyId, issuedAtSeconds: payload.iat ?? null, digest };
}

/** Only chooses among configured keys; nothing of an unverified token is believed. */
function namedKey(token: string): string | null {
  try {
    const { kid } = decodeProtectedHeader(token);
    if (typeof kid === 'string' && kid !== '') return kid;
    // Where OPA wrote it before there was a `kid`.
    const { keyid } = decodeJwt(token);
    return typeof keyid === 'string' && keyid !== '' ? keyid : null;
  } catch {
    return null;
  }
}

/** With claims of its own, `opa build` names no key. */
function onlyKey({ keys }: BundleTrust): string | null {
  const [first] = keys.keys();
  return keys.size === 1 && first !== undefined ? first : null;
}

async function verifyToken(token: string, key: BundleKey, keyId: string): Promise<z.infer<typeof payloadSchema>> {
  let payload: Uint8Array;
  try {
    ({ payload } = await compactVerify(token, key.publicKey, { algorithms: [key.algorithm] }));
  } catch (error) {
    const isOther = error instanceof errors.JOSEAlgNotAllowed;
    throw refused(
      isOther ? `is signed with another algorithm than ${key.algorithm}` : `is not signed by the key ${keyId}`,
    );
  }
  const parsed = payloadSchema.safeParse(readBundleJson(payload, 'signature'));
  if (!parsed.success) throw refused('has a signature with a malformed payload');
  return parsed.data;
}

function compareFiles(files: BundleFiles, signed: z.infer<typeof payloadSchema>['files']): void {
  const open = new Set(files.keys());
  open.delete(SIGNATURES_PATH);
  for (const { name, hash, algorithm } of signed) {
    const path = name.replace(/^\/+/, '');
    const bytes = files.get(path);
    if (bytes === undefined || !open.delete(path)) throw refused(`lacks ${path}, which its signature names`);
    if (hashBundleFile(path, bytes, algorithm) !== hash.toLowerCase()) {
      throw refused(`holds another ${path} than its signature names`);
    }
  }
  const [extra] = open;
  if (extra !== undefined) throw refused(`holds ${extra}, which its signature does not name`);
}

function refused(what: string): PolicyEngineError {
  return new PolicyEngineError(`The policy bundle ${what}.`);
}
