import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CompactEncrypt, exportJWK, exportSPKI, generateKeyPair, importJWK, SignJWT, type CryptoKey } from 'jose';
import { grant, TEST_FACTS } from './support/facts.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

const PATH = '/connections/aws-production/echo';
const seconds = () => Math.floor(Date.now() / 1000);
const text = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** RFC 8725 and RFC 7519, against the running sidecar with a signing issuer whose key is always the right one. */
describe('a bearer token', () => {
  let sidecar: TestSidecar;
  let claims: () => Record<string, unknown>;
  let header: () => Record<string, unknown>;
  beforeAll(async () => {
    sidecar = await startSidecar({ facts: [...TEST_FACTS, grant('grt_1', 'member', 'connection:aws-production')] });
    const { idp } = sidecar;
    claims = () => ({ iss: idp.issuer, aud: 'hallpass', sub: 'sub-member', exp: seconds() + 600 });
    header = () => ({ alg: 'EdDSA', typ: 'JWT', kid: idp.kid });
  });
  afterAll(() => sidecar.stop());

  const answerTo = async (token: string) => {
    const answer = await fetch(sidecar.url + PATH, { headers: { authorization: `Bearer ${token}` } });
    const { reason } = (await answer.json()) as { reason?: string };
    return { status: answer.status, reason: reason ?? 'allowed' };
  };
  const signed = (changes: { claims?: object; header?: object }) =>
    sidecar.idp.signText(
      JSON.stringify({ ...header(), ...changes.header }),
      JSON.stringify({ ...claims(), ...changes.claims }),
    );
  const ALLOWED = { status: 200, reason: 'allowed' };
  const INVALID = { status: 401, reason: 'identity-invalid' };

  it.each<[string, { claims?: object; header?: object }]>([
    ['as it should be', {}],
    ['without a type', { header: { typ: undefined } }],
    ['of the type of access tokens', { header: { typ: 'at+JWT' } }],
    ['of a type with its prefix', { header: { typ: 'application/jwt' } }],
    ['for several audiences', { claims: { aud: ['elsewhere', 'hallpass'] } }],
    ['good since now', { claims: { nbf: seconds() } }],
    ['with keys of its own in its header, which nobody looks at', { header: { jku: 'http://127.0.0.1:9/', x5u: 'x' } }],
  ])('is taken %s', async (_name, changes) => {
    expect(await answerTo(await signed(changes))).toEqual(ALLOWED);
  });

  it.each<[string, { claims?: object; header?: object }]>([
    ['of the type of denials', { header: { typ: 'hallpass-denial+jwt' } }],
    ['of the type of logout tokens', { header: { typ: 'logout+jwt' } }],
    ['of the type of proofs of possession', { header: { typ: 'dpop+jwt' } }],
    ['of the type of ID tokens for others', { header: { typ: 'secevent+jwt' } }],
    ['with a type that is no text', { header: { typ: 1 } }],
    ['with an unknown critical extension', { header: { crit: ['exp'], exp: 1 } }],
    ['with an empty list of critical extensions', { header: { crit: [] } }],
    ['with an unencoded payload', { header: { crit: ['b64'], b64: false } }],
    ['with another algorithm than its key has', { header: { alg: 'ES256' } }],
    ['with an algorithm nobody has', { header: { alg: 'eddsa' } }],
    ['with an algorithm that is no text', { header: { alg: ['EdDSA'] } }],
    ['without an algorithm', { header: { alg: undefined } }],
    ['with a key nobody has', { header: { kid: 'who' } }],
    ['with a key id that is a path', { header: { kid: '../../../dev/null' } }],
    ['for nobody', { claims: { aud: undefined } }],
    ['for an empty list', { claims: { aud: [] } }],
    ['for somebody else', { claims: { aud: 'Hallpass' } }],
    ['for an object', { claims: { aud: { hallpass: true } } }],
    ['of nobody', { claims: { iss: undefined } }],
    ['without an end', { claims: { exp: undefined } }],
    ['whose end is past', { claims: { exp: seconds() - 6 } }],
    ['whose end is text', { claims: { exp: String(seconds() + 600) } }],
    ['whose end is null', { claims: { exp: null } }],
    ['whose end is below all time', { claims: { exp: -1e300 } }],
    ['whose end is beyond all time', { claims: { exp: 1e18 } }],
    ['whose end is in milliseconds', { claims: { exp: Date.now() + 600_000 } }],
    ['not good yet', { claims: { nbf: seconds() + 60 } }],
    ['good from a time that is text', { claims: { nbf: 'now' } }],
    ['without a subject', { claims: { sub: undefined } }],
    ['with an empty subject', { claims: { sub: '' } }],
    ['with a subject that is a number', { claims: { sub: 1 } }],
    ['with a list of subjects', { claims: { sub: ['sub-member'] } }],
    ['with a subject that is an object', { claims: { sub: { toString: 'sub-member' } } }],
    ['with a giant subject', { claims: { sub: 'x'.repeat(300) } }],
    ['that names a workload', { claims: { sub: 'spiffe://example.org/x' } }],
    ['that names a service account', { claims: { sub: 'system:serviceaccount:a:b' } }],
  ])('is refused %s', async (_name, changes) => {
    expect(await answerTo(await signed(changes))).toEqual(INVALID);
  });

  it('is refused of an issuer that is nearly the right one', async () => {
    const { issuer } = sidecar.idp;
    for (const iss of [
      `${issuer}/`,
      issuer.toUpperCase(),
      `${issuer}.evil.example`,
      ` ${issuer}`,
      [issuer],
      issuer.slice(0, -1),
    ]) {
      expect([iss, await answerTo(await signed({ claims: { iss } }))]).toEqual([iss, INVALID]);
    }
  });

  it('is refused when its subject is of nobody, though the token is good', async () => {
    expect(await answerTo(await signed({ claims: { sub: 'sub-member ' } }))).toMatchObject({
      reason: 'subject-unknown',
    });
  });

  it('is refused when a member stands in it twice, in either part', async () => {
    const { idp } = sidecar;
    const payload = JSON.stringify(claims());
    const twice = [
      [JSON.stringify(header()), payload.replace('{', '{"sub":"sub-admin",')],
      [JSON.stringify(header()), payload.replace('}', ',"s\\u0075b":"sub-member"}')],
      [JSON.stringify(header()).replace('{', '{"typ":"logout+jwt",'), payload],
      [JSON.stringify(header()), payload.replace('}', ',"deep":[{"a":1,"a":2}]}')],
    ] as const;
    for (const [head, body] of twice) expect(await answerTo(await idp.signText(head, body))).toEqual(INVALID);
  });

  it('is refused when its numbers or its text are out of shape', async () => {
    const { idp } = sidecar;
    const head = JSON.stringify(header());
    const payload = JSON.stringify(claims());
    const odd = [
      payload.replace(/"exp":\d+/, '"exp":1e999'),
      payload.replace(/"exp":\d+/, '"exp":0x7fffffff'),
      'null',
      '[]',
      '"sub-member"',
      '',
      `${payload}x`,
      payload.slice(0, -1),
      Buffer.concat([
        Buffer.from(payload.slice(0, -1)),
        Buffer.from(',"x":"'),
        Buffer.from([0xff, 0xfe]),
        Buffer.from('"}'),
      ]),
    ];
    for (const body of odd) expect([body, await answerTo(await idp.signText(head, body))]).toEqual([body, INVALID]);
  });

  it('is refused unsigned, and signed with what is public', async () => {
    const { idp } = sidecar;
    const body = text(claims());
    const jwk = idp.publicJwk;
    const pem = await exportSPKI((await importJWK(jwk, 'EdDSA')) as CryptoKey);
    const secrets = [jwk.x!, pem, pem.trim(), JSON.stringify(jwk), Buffer.from(jwk.x!, 'base64url').toString('latin1')];
    for (const secret of secrets) {
      for (const alg of ['HS256', 'HS384', 'HS512']) {
        const token = await new SignJWT(claims())
          .setProtectedHeader({ ...header(), alg })
          .sign(Buffer.from(secret.padEnd(64, ' ')));
        expect(await answerTo(token)).toEqual(INVALID);
      }
    }
    const good = await signed({});
    const [, , signature] = good.split('.') as [string, string, string];
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '']) {
      for (const end of ['', signature, 'AA']) {
        expect((await answerTo(`${text({ ...header(), alg })}.${body}.${end}`)).status).toBe(401);
      }
    }
  });

  it('is refused when its own header brings the key', async () => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
    const jwk = await exportJWK(publicKey);
    for (const more of [{ jwk }, { jwk, kid: undefined }, { jku: `${sidecar.idp.issuer}/jwks.json`, kid: 'mine' }]) {
      const token = await new SignJWT(claims()).setProtectedHeader({ ...header(), ...more } as never).sign(privateKey);
      expect(await answerTo(token)).toEqual(INVALID);
    }
  });

  it('is refused nested in another, or encrypted', async () => {
    const inner = await signed({});
    expect(await answerTo(await sidecar.idp.signText(JSON.stringify({ ...header(), cty: 'JWT' }), inner))).toEqual(
      INVALID,
    );
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const encrypted = await new CompactEncrypt(Buffer.from(inner))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', cty: 'JWT' })
      .encrypt(publicKey);
    expect(await answerTo(encrypted)).toEqual(INVALID);
  });

  it('is refused when it is giant, before it is looked at', async () => {
    const before = sidecar.idp.fetches;
    expect(await answerTo(await signed({ claims: { fill: 'x'.repeat(8_000) } }))).toEqual(INVALID);
    const answer = await fetch(sidecar.url + PATH, {
      headers: { authorization: `Bearer ${await signed({ claims: { fill: 'x'.repeat(1_000_000) } })}` },
    });
    expect(answer.status).toBe(431);
    expect(sidecar.idp.fetches).toBe(before);
  });

  it('is never taken when a character of it was changed', async () => {
    const good = await signed({});
    expect(await answerTo(good)).toEqual(ALLOWED);
    const { status: before } = await answerTo(good);
    expect(before).toBe(200);
    const sent = sidecar.upstream.requests.length;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length - 1),
        fc.constantFrom(...'Aaz09_-.'),
        fc.boolean(),
        async (at, other, insert) => {
          const changed = good.slice(0, at) + other + good.slice(insert ? at : at + 1);
          fc.pre(decoded(changed) !== decoded(good));
          expect((await answerTo(changed)).status).toBe(401);
        },
      ),
      { numRuns: 150 },
    );
    expect(sidecar.upstream.requests.length).toBe(sent);
  });

  it('is never taken when it was made up, and never taken for an outage', async () => {
    const part = fc.oneof(
      fc.base64String({ maxLength: 40 }).map((made) => made.replaceAll(/[+/=]/g, '')),
      fc.json({ maxDepth: 3 }).map((json) => Buffer.from(json).toString('base64url')),
      fc
        .record({ alg: fc.constantFrom('EdDSA', 'none', 'RS256', 'HS256'), kid: fc.anything(), typ: fc.anything() })
        .map(text),
      fc.constant(''),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 5 }), async (parts) => {
        const answer = await answerTo(parts.join('.').slice(0, 4_000));
        expect(answer).toEqual(INVALID);
      }),
      { numRuns: 150 },
    );
  });
});

/** What the bytes of the parts are; base64url can write the last of them in several ways. */
function decoded(token: string): string {
  return token
    .split('.')
    .map((part) => Buffer.from(part, 'base64url').toString('hex'))
    .join('.');
}
