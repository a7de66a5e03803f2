import { createHmac, createPrivateKey, sign as signBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readBundleKey, type BundleTrust } from '../../core/decision/bundle-signature.ts';
import { createOpaPolicyEngine } from '../../core/decision/opa-policy-engine.ts';
import { readPolicyBundle } from '../../core/decision/policy-bundle.ts';
import { PolicyEngineError } from '../../core/decision/policy-engine.ts';
import { buildWithOpa, fileOf, repack, signingPair, type SigningPair } from '../support/opa-bundle.ts';

/** What JSON can hold that two programs may spell differently. */
const ODD_TABLES = {
  'data.json': `{"hallpass": {"settings": ${JSON.stringify({ action_roles: { read: 'viewer' }, request: {} })}},
    "numbers": [1, 1.0, 1e3, -0, 12345678901234567890, 0.1, 1E+2], "z": null, "a": true,
    "text": "<b>&amp; \\u2028 \\u2029 é 漢 😀 \\" \\\\ \\b\\f\\n\\r\\t\\u0001 \\/",
    "😀": 1, "￿": 2, "é": {"": [[], {}]}, "10": 1, "9": 2}`,
};

function trustIn(pair: SigningPair, more: Partial<BundleTrust> = {}, id = 'default'): BundleTrust {
  return { keys: new Map([[id, readBundleKey(pair.publicKey, pair.algorithm)]]), keyId: null, scope: '', ...more };
}

const pair = signingPair();
let bundle: Buffer;
beforeAll(async () => {
  bundle = await buildWithOpa({
    revision: 'signed',
    files: ODD_TABLES,
    sign: { pair, claims: { iat: 1_800_000_000, scope: 'hallpass' } },
  });
});
const trust = trustIn(pair, { scope: 'hallpass' });

async function refusal(bytes: Uint8Array, by: BundleTrust = trust): Promise<string> {
  const error: unknown = await readPolicyBundle(bytes, by).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(PolicyEngineError);
  return (error as Error).message;
}

/** The bundle with its token signed anew by whoever likes to. */
async function resigned(
  header: object,
  change: (payload: { files: { name: string; hash: string; algorithm: string }[] }) => void,
  signer: (signed: Buffer) => Buffer,
): Promise<Buffer> {
  const { signatures } = JSON.parse((await fileOf(bundle, '.signatures.json')).toString()) as { signatures: [string] };
  const payload = JSON.parse(Buffer.from(signatures[0].split('.')[1]!, 'base64url').toString());
  change(payload);
  const text = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const token = `${text}.${signer(Buffer.from(text)).toString('base64url')}`;
  return repack(bundle, { '.signatures.json': JSON.stringify({ signatures: [token] }) });
}

const properly = (signed: Buffer): Buffer =>
  signBytes('sha256', signed, { key: createPrivateKey(pair.privateKey), dsaEncoding: 'ieee-p1363' });

describe('a bundle that `opa build` signed', () => {
  it('holds, whatever its tables spell, and runs', async () => {
    const read = await readPolicyBundle(bundle, trust);
    expect(read.signature).toEqual({
      keyId: 'default',
      issuedAtSeconds: 1_800_000_000,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect((await createOpaPolicyEngine(read)).revision).toBe('signed');
  });

  it.each(['RS256', 'PS384', 'ES256'] as const)('holds with %s and no claims of its own', async (algorithm) => {
    const own = signingPair(algorithm);
    const read = await readPolicyBundle(await buildWithOpa({ sign: { pair: own } }), trustIn(own));
    expect(read.signature).toMatchObject({ keyId: 'default', issuedAtSeconds: null });
  });

  it('is checked with the key it names, or with the only one that counts', async () => {
    const old = signingPair();
    const keys = new Map([
      ['old', readBundleKey(old.publicKey, 'ES256')],
      ['new', readBundleKey(pair.publicKey, 'ES256')],
    ]);
    const named = await buildWithOpa({ sign: { pair, keyId: 'new' } });
    expect((await readPolicyBundle(named, { keys, keyId: null, scope: '' })).signature?.keyId).toBe('new');
    expect((await readPolicyBundle(named, { keys, keyId: 'new', scope: '' })).signature?.keyId).toBe('new');
    expect(await refusal(named, { keys, keyId: 'old', scope: '' })).toMatch(/not signed by the key old/);
    expect(await refusal(named, trustIn(pair))).toMatch(/key new, which is not one of the configured/);
    const nameless = await buildWithOpa({ sign: { pair, claims: {} } });
    expect(await refusal(nameless, { keys, keyId: null, scope: '' })).toMatch(/names no key, and there are several/);
    const claimed = await buildWithOpa({ sign: { pair, claims: { keyid: 'new' } } });
    expect((await readPolicyBundle(claimed, { keys, keyId: null, scope: '' })).signature?.keyId).toBe('new');
  });
});

describe('a bundle that is not what was signed', () => {
  it('is refused without a signature, or with two', async () => {
    const { signatures } = JSON.parse((await fileOf(bundle, '.signatures.json')).toString()) as {
      signatures: string[];
    };
    const twice = JSON.stringify({ signatures: [...signatures, ...signatures] });
    expect(await refusal(await repack(bundle, { '.signatures.json': null }))).toMatch(/is not signed/);
    expect(await refusal(await repack(bundle, { '.signatures.json': twice }))).toMatch(/exactly one signature/);
    expect(await refusal(await repack(bundle, { '.signatures.json': '{"signatures":[]}' }))).toMatch(/exactly one/);
    expect(await refusal(await repack(bundle, { '.signatures.json': '[' }))).toMatch(/not JSON/);
  });

  it.each([
    ['another table', { 'data.json': '{}' }, /another data\.json/],
    ['another module', { 'policy.wasm': 'x' }, /another policy\.wasm/],
    ['another revision', { '.manifest': '{"revision":"evil"}' }, /another \.manifest/],
    ['another source', { 'authz/denied.rego': 'package x' }, /another authz\/denied\.rego/],
    ['a file more', { 'authz/extra.rego': 'package x' }, /holds authz\/extra\.rego, which its signature does not name/],
    ['a file less', { 'authz/denied.rego': null }, /lacks authz\/denied\.rego/],
    ['a number spelt otherwise', { 'data.json': ODD_TABLES['data.json'].replace('1.0', '1') }, /another data\.json/],
    ['nesting without end', { 'data.json': '['.repeat(200_000) + ']'.repeat(200_000) }, /nested too deeply|not JSON/],
  ])('is refused with %s', async (_name, changes, words) => {
    expect(await refusal(await repack(bundle, changes as Record<string, string | null>))).toMatch(words);
  });

  it('does not mind spaces and the order of members', async () => {
    const manifest = JSON.parse((await fileOf(bundle, '.manifest')).toString()) as object;
    const other = JSON.stringify(Object.fromEntries(Object.entries(manifest).toReversed()), null, 4);
    expect((await readPolicyBundle(await repack(bundle, { '.manifest': other }), trust)).revision).toBe('signed');
  });

  it('is refused when somebody else signed it, for another scope, or the claims are odd', async () => {
    expect(await refusal(bundle, trustIn(signingPair(), { scope: 'hallpass' }))).toMatch(/not signed by the key/);
    expect(await refusal(bundle, trustIn(pair))).toMatch(/another scope/);
    expect(await refusal(bundle, trustIn(pair, { scope: 'other' }))).toMatch(/another scope/);
    const header = { alg: 'ES256', kid: 'default' };
    expect(await refusal(await resigned(header, (payload) => Object.assign(payload, { iat: 'x' }), properly))).toMatch(
      /malformed payload/,
    );
  });

  it('is refused when the token chooses its algorithm', async () => {
    const asSecret = (signed: Buffer) => createHmac('sha256', pair.publicKey).update(signed).digest();
    for (const [alg, signer] of [
      ['HS256', asSecret],
      ['none', () => Buffer.alloc(0)],
      ['RS256', properly],
    ] as const) {
      const forged = await resigned({ alg, kid: 'default' }, () => {}, signer);
      expect(await refusal(forged)).toMatch(/another algorithm than ES256|not signed by the key/);
    }
    const whole = await resigned({ alg: 'ES256', kid: 'default' }, () => {}, properly);
    expect((await readPolicyBundle(whole, trust)).revision).toBe('signed');
  });

  it.each(['MD5', 'SHA-1', '', 'constructor'])('is refused when it is hashed with "%s"', async (algorithm) => {
    const weak = await resigned(
      { alg: 'ES256', kid: 'default' },
      ({ files }) => files.forEach((file) => Object.assign(file, { algorithm })),
      properly,
    );
    expect(await refusal(weak)).toMatch(/must be SHA-256/);
  });

  it('is refused when one file is named twice', async () => {
    const twice = await resigned({ alg: 'ES256', kid: 'default' }, ({ files }) => files.push(files[0]!), properly);
    expect(await refusal(twice)).toMatch(/lacks .*, which its signature names/);
  });
});

describe('a key to check with', () => {
  it('must be public, and of the kind its algorithm takes', () => {
    expect(() => readBundleKey(pair.privateKey, 'ES256')).toThrow(/private key/);
    expect(() => readBundleKey('x', 'ES256')).toThrow(/no public key/);
    expect(() => readBundleKey(pair.publicKey, 'RS256')).toThrow(/does not fit RS256/);
    expect(() => readBundleKey(pair.publicKey, 'ES384')).toThrow(/does not fit ES384: it must be secp384r1/);
    expect(() => readBundleKey(signingPair('RS256').publicKey, 'ES256')).toThrow(/does not fit/);
  });
});
