import type { KeyObject } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  decodeProtectedHeader,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  importJWK,
  SignJWT,
  type CryptoKey,
} from 'jose';
import {
  createDenialKey,
  DENIAL_TOKEN_LIFETIME_MS,
  denialTokenExpiry,
  signDenialToken,
  verifyDenialToken,
  type DenialClaims,
  type DenialKey,
} from '../../../core/decision/denial-token.ts';

const NOW = 1_800_000_000_123;
const AUDIENCE = 'https://hallpass.example.com';
/** To the second, as JWTs have it. */
const DENIED_AT = '2027-01-15T08:00:00.000Z';
const parties = { issuer: 'https://proxy.example.com', audience: AUDIENCE };
const claims: DenialClaims = {
  subject: { type: 'user', id: 'per_1' },
  resource: { type: 'connection', id: 'aws-production' },
  action: { name: 'read' },
  evaluation_id: 'ev_1',
  reason: 'no-grant',
  return_to: 'https://proxy.example.com/connections/aws-production/echo?a=1',
};

let key: DenialKey;
let token: string;

beforeAll(async () => {
  key = await createDenialKey();
  token = await signDenialToken(claims, key, parties, NOW);
});

const verified = {
  ...claims,
  denied_at: DENIED_AT,
  sidecar: parties.issuer,
  denial_expires_at: denialTokenExpiry(NOW),
};
const verify = (text: string, nowMs = NOW, audience = AUDIENCE): Promise<DenialClaims> =>
  verifyDenialToken(text, [key.publicJwk], audience, nowMs);
const refused = (code: string): object =>
  expect.objectContaining({ name: 'AccessError', code, field: 'binding_token' }) as object;

/** A token with everything right but for what the test changes. */
async function forge(options: {
  header?: object;
  payload?: object;
  key?: CryptoKey | KeyObject | Uint8Array;
  without?: ('exp' | 'iss' | 'jti')[];
}): Promise<string> {
  const without = new Set(options.without);
  const builder = new SignJWT({ ...claims, ...options.payload })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'hallpass-denial+jwt', kid: key.kid, ...options.header })
    .setAudience(AUDIENCE);
  if (!without.has('iss')) builder.setIssuer(parties.issuer);
  if (!without.has('jti')) builder.setJti('ev_1');
  if (!without.has('exp')) builder.setExpirationTime(Math.floor(NOW / 1000) + 60);
  return builder.sign(options.key ?? key.privateKey);
}

describe('a denial token', () => {
  it('says what was denied, to whom, and where they were going', async () => {
    expect(await verify(token)).toEqual(verified);
  });

  it('names its key, which is public only', () => {
    expect(decodeProtectedHeader(token).kid).toBe(key.kid);
    expect(Object.keys(key.publicJwk).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
    // Nothing writes the other one out by accident.
    expect(JSON.stringify({ key })).not.toContain('"d"');
    expect(JSON.stringify(key.privateKey)).toBe('{}');
  });

  it('is found among the keys of many sidecars', async () => {
    const others = await Promise.all([createDenialKey(), createDenialKey()]);
    const keys = [...others.map((other) => other.publicJwk), key.publicJwk];
    expect(await verifyDenialToken(token, keys, AUDIENCE, NOW)).toEqual(verified);
  });

  it('lives for its time, to the second it names, and not a millisecond longer', async () => {
    const end = Date.parse(denialTokenExpiry(NOW));
    expect(end).toBe(Math.floor((NOW + DENIAL_TOKEN_LIFETIME_MS) / 1000) * 1000);
    await expect(verify(token, end - 1)).resolves.toEqual(verified);
    await expect(verify(token, end)).rejects.toEqual(refused('binding-expired'));
    await expect(verify(token, end + 1)).rejects.toEqual(refused('binding-expired'));
  });

  it('that expired long ago says so, also beside a wrong audience it does not', async () => {
    await expect(verify(token, NOW + 86_400_000)).rejects.toEqual(refused('binding-expired'));
    await expect(verify(token, NOW, 'https://other.example.com')).rejects.toEqual(refused('binding-invalid'));
  });
});

describe('a denial token is refused', () => {
  it.each([`${AUDIENCE}/`, AUDIENCE.toUpperCase(), 'hallpass', ''])('for the audience %j', async (audience) => {
    await expect(verify(token, NOW, audience)).rejects.toEqual(refused('binding-invalid'));
  });

  it('when no key is known, or another', async () => {
    await expect(verifyDenialToken(token, [], AUDIENCE, NOW)).rejects.toEqual(refused('binding-invalid'));
    const other = await createDenialKey();
    await expect(verifyDenialToken(token, [other.publicJwk], AUDIENCE, NOW)).rejects.toEqual(
      refused('binding-invalid'),
    );
  });

  it('when another key took the name of the right one', async () => {
    const other = await createDenialKey();
    const keys = [{ ...other.publicJwk, kid: key.kid }];
    await expect(verifyDenialToken(token, keys, AUDIENCE, NOW)).rejects.toEqual(refused('binding-invalid'));
  });

  it.each<[string, () => Promise<string>]>([
    [
      'signed with HS256 and the public key as secret',
      async () => {
        const publicKey = (await importJWK(key.publicJwk, 'EdDSA', { extractable: true })) as CryptoKey;
        return forge({ header: { alg: 'HS256' }, key: new TextEncoder().encode(await exportSPKI(publicKey)) });
      },
    ],
    [
      'signed with another algorithm',
      async () => {
        return forge({ header: { alg: 'ES256' }, key: (await generateKeyPair('ES256')).privateKey });
      },
    ],
    [
      'with its own key in the header',
      async () => {
        const own = await createDenialKey();
        return forge({ header: { jwk: own.publicJwk }, key: own.privateKey });
      },
    ],
    ['of another type', () => forge({ header: { typ: 'JWT' } })],
    ['of no type', () => forge({ header: { typ: undefined } })],
    ['without an end', () => forge({ without: ['exp'] })],
    ['without an issuer', () => forge({ without: ['iss'] })],
    ['without an id', () => forge({ without: ['jti'] })],
    ['with an extension that is critical', () => forge({ header: { crit: ['x'], x: 1 } }).catch(() => 'x.y.z')],
    ['about a resource of an unknown type', () => forge({ payload: { resource: { type: 'planet', id: 'x' } } })],
    ['about nobody', () => forge({ payload: { subject: null } })],
    ['without a reason', () => forge({ payload: { reason: undefined } })],
    ['with an address that is no text', () => forge({ payload: { return_to: 7 } })],
    [
      'unsigned',
      async () => {
        const header = Buffer.from('{"alg":"none","typ":"hallpass-denial+jwt"}').toString('base64url');
        return `${header}.${token.split('.')[1]}.`;
      },
    ],
  ])('%s', async (_, make) => {
    await expect(verify(await make())).rejects.toEqual(refused('binding-invalid'));
  });

  it('signed with another algorithm, although that key is a known one', async () => {
    const pair = await generateKeyPair('ES256', { extractable: true });
    const known = { ...(await exportJWK(pair.publicKey)), kid: key.kid };
    const forged = await forge({ header: { alg: 'ES256' }, key: pair.privateKey });
    await expect(verifyDenialToken(forged, [known], AUDIENCE, NOW)).rejects.toEqual(refused('binding-invalid'));
  });

  it('forged tokens would pass, were nothing wrong with them', async () => {
    expect(await verify(await forge({}))).toEqual({ ...verified, denied_at: null, denial_expires_at: null });
  });

  it('cut short anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), async (length) => {
        await expect(verify(token.slice(0, length))).rejects.toEqual(refused('binding-invalid'));
      }),
    );
  });

  it('with any character changed', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.';
    // The last character of a signature of 64 bytes holds four bits that mean nothing.
    const at = fc.nat(token.length - 2);
    await fc.assert(
      fc.asyncProperty(at, fc.constantFrom(...alphabet), async (index, character) => {
        fc.pre(token[index] !== character);
        const changed = token.slice(0, index) + character + token.slice(index + 1);
        await expect(verify(changed)).rejects.toEqual(refused('binding-invalid'));
      }),
    );
  });

  it('when it is any other text, which has no key id either', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        await expect(verify(text)).rejects.toEqual(refused('binding-invalid'));
      }),
    );
  });
});
