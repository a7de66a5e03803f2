import { createServer, type Server } from 'node:http';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { createBearerVerifier } from '../../admin-api/http/bearer-token.ts';
import { startSession } from '../../admin-api/sessions/start-session.ts';
import { closeServer, listen } from '../../core/process/ops-server.ts';
import { findFreePort } from '../support/free-port.ts';
import { addPerson, LIMITS, startSignInApp, type SignInApp } from './sign-in-app.ts';

const ISSUER = 'https://idp.example.com';
const AUDIENCE = 'hallpass';
const KID = 'one';

let app: SignInApp;
let keyServer: Server;
let keyPort: number;
let keys: JWK[];
let keyStatus = 200;
let privateKey: CryptoKey;
let publicKey: CryptoKey;

beforeAll(async () => {
  ({ privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true }));
  keys = [{ ...(await exportJWK(publicKey)), kid: KID, alg: 'ES256', use: 'sig' }];
  keyServer = createServer((_request, response) => {
    response.writeHead(keyStatus, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
  });
  keyPort = await listen(keyServer, 0, '127.0.0.1');
  const port = await findFreePort();
  app = await startSignInApp({
    port,
    oidc: { issuer: 'http://127.0.0.1:9', client_id: 'unused', client_secret: 'unused' },
    verifyBearer: verifierOf(`http://127.0.0.1:${keyPort}/keys`),
  });
  await addPerson(app.knex, { id: 'per_ada', email: 'ada@example.com', sub: 'idp|ada' });
  await addPerson(app.knex, { id: 'per_dan', email: 'dan@example.com', sub: 'idp|dan', disabled: true });
});

afterAll(async () => {
  await app?.stop();
  await closeServer(keyServer);
});

beforeEach(() => {
  keyStatus = 200;
  app.clockOffsetMs = 0;
});

function verifierOf(jwksUrl: string, nowMs: () => number = Date.now): ReturnType<typeof createBearerVerifier> {
  return createBearerVerifier(
    { jwks_url: jwksUrl, issuer: ISSUER, audience: AUDIENCE, algorithms: ['ES256'], timeout_ms: 2_000 },
    nowMs,
  );
}

interface TokenOptions {
  readonly sub?: string | undefined;
  readonly issuer?: string;
  readonly audience?: string | string[];
  readonly expires?: number | null;
  readonly notBefore?: number;
  readonly header?: object;
  readonly key?: CryptoKey | KeyObject | Uint8Array;
}

const nowSeconds = (): number => Math.floor(Date.now() / 1000);

function sign(options: TokenOptions = {}): Promise<string> {
  const token = new SignJWT('sub' in options && options.sub === undefined ? {} : { sub: options.sub ?? 'idp|ada' })
    .setProtectedHeader({ alg: 'ES256', kid: KID, typ: 'JWT', ...options.header })
    .setIssuer(options.issuer ?? ISSUER)
    .setAudience(options.audience ?? AUDIENCE);
  if (options.expires !== null) token.setExpirationTime(options.expires ?? nowSeconds() + 60);
  if (options.notBefore !== undefined) token.setNotBefore(options.notBefore);
  return token.sign(options.key ?? privateKey);
}

async function ask(headers: Record<string, string>, method = 'GET'): Promise<Response & { problem: { code: string } }> {
  const response = await fetch(`${app.url}/v1/caller`, { method, headers });
  return Object.assign(response, { problem: (await response.json()) as { code: string } });
}

const askWith = async (token: string): ReturnType<typeof ask> => ask({ authorization: `Bearer ${token}` });

async function sessionCookie(): Promise<string> {
  const session = { person_id: 'per_ada', user_agent: null };
  return `hallpass_session=${(await startSession(app.knex, session, LIMITS, Date.now())).token}`;
}

describe('a bearer token', () => {
  it('names its owner', async () => {
    expect((await askWith(await sign())).problem).toEqual({
      person_id: 'per_ada',
      via: 'bearer',
      session_id: null,
      expires_at: expect.any(Number),
    });
  });

  it.each([
    ['for more than one audience', { audience: ['other', AUDIENCE] }],
    ['of type at+jwt (RFC 9068)', { header: { typ: 'at+jwt' } }],
    ['of type application/at+jwt', { header: { typ: 'application/at+jwt' } }],
    ['of no type', { header: { typ: undefined } }],
  ])('is taken %s', async (_, options: TokenOptions) => {
    expect((await askWith(await sign(options))).status).toBe(200);
  });

  it.each<[string, () => Promise<string>]>([
    ['has expired', () => sign({ expires: nowSeconds() - 6 })],
    ['never expires', () => sign({ expires: null })],
    ['is not valid yet', () => sign({ notBefore: nowSeconds() + 30 })],
    ['is of another issuer', () => sign({ issuer: 'https://idp.example.com/' })],
    ['is for another audience', () => sign({ audience: 'hallpass2' })],
    ['names nobody', () => sign({ sub: undefined })],
    ['names nobody by an empty sub', () => sign({ sub: '' })],
    ['was made for another purpose', () => sign({ header: { typ: 'hallpass-denial+jwt' } })],
    ['is a logout token', () => sign({ header: { typ: 'logout+jwt' } })],
    ['names a key that is not there', () => sign({ header: { kid: 'two' } })],
    ['is signed by somebody else', async () => sign({ key: (await generateKeyPair('ES256')).privateKey })],
    [
      'is signed with another algorithm',
      async () => sign({ header: { alg: 'ES384' }, key: (await generateKeyPair('ES384')).privateKey }),
    ],
    [
      'is signed with the public key as a shared secret',
      async () => sign({ header: { alg: 'HS256' }, key: new TextEncoder().encode(await exportSPKI(publicKey)) }),
    ],
    [
      'carries the key it is signed with',
      async () => {
        const own = await generateKeyPair('ES256', { extractable: true });
        return sign({ header: { jwk: await exportJWK(own.publicKey) }, key: own.privateKey });
      },
    ],
    [
      'is not signed at all',
      async () => {
        const [, payload] = (await sign()).split('.');
        return `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${payload}.`;
      },
    ],
    ['has lost its signature', async () => (await sign()).replace(/[^.]*$/, '')],
    [
      'was changed',
      async () => {
        const [header, , signature] = (await sign()).split('.');
        const payload = { sub: 'idp|ada', iss: ISSUER, aud: AUDIENCE, exp: nowSeconds() + 999 };
        return `${header}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.${signature}`;
      },
    ],
    ['is no JWT', async () => 'abc'],
    ['is five parts long', async () => 'a.b.c.d.e'],
  ])('is refused when it %s', async (_, makeToken) => {
    const response = await askWith(await makeToken());
    expect([response.status, response.problem.code]).toEqual([401, 'not-signed-in']);
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="hallpass", error="invalid_token"');
  });

  it('is held against the clock of the process', async () => {
    const expires = nowSeconds() + 60;
    const token = await sign({ expires });
    const jwksUrl = `http://127.0.0.1:${keyPort}/keys`;
    await expect(verifierOf(jwksUrl, () => (expires + 4) * 1000)(token)).resolves.toEqual({
      sub: 'idp|ada',
      expires_at: expires * 1000,
    });
    await expect(verifierOf(jwksUrl, () => (expires + 5) * 1000)(token)).rejects.toMatchObject({
      code: 'not-signed-in',
    });
  });

  it('never comes back in the refusal', async () => {
    const token = await sign({ expires: nowSeconds() - 60 });
    const { problem } = await askWith(token);
    for (const part of token.split('.')) expect(JSON.stringify(problem)).not.toContain(part);
    expect(problem).toMatchObject({ detail: expect.stringContaining('expired') });
  });

  it('of an unknown person is refused', async () => {
    const response = await askWith(await sign({ sub: 'idp|nobody' }));
    expect([response.status, response.problem.code]).toEqual([403, 'unknown-person']);
  });

  it('of a disabled person is refused', async () => {
    const response = await askWith(await sign({ sub: 'idp|dan' }));
    expect([response.status, response.problem.code]).toEqual([403, 'account-disabled']);
  });

  it.each(['Basic YTpi', 'Bearer', 'Bearer ', 'Bearer a b', 'Token abc', ''])(
    'may not be spelled %j',
    async (authorization) => {
      expect((await ask({ authorization })).status).toBe(401);
    },
  );

  it('that is bad is refused although the cookie is good', async () => {
    const cookie = await sessionCookie();
    expect((await ask({ cookie })).status).toBe(200);
    expect((await ask({ cookie, authorization: 'Bearer abc' })).status).toBe(401);
  });

  it('is needed where there is no session', async () => {
    const response = await ask({});
    expect([response.status, response.problem.code]).toEqual([401, 'not-signed-in']);
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="hallpass"');
    expect((await ask({ cookie: `hallpass_session=${'A'.repeat(43)}` })).status).toBe(401);
    expect((await ask({ cookie: 'hallpass_session=%00' })).status).toBe(401);
  });
});

describe('the keys that tokens are checked with', () => {
  it.each([
    [
      'answer 500',
      async () => {
        keyStatus = 500;
        return `http://127.0.0.1:${keyPort}/keys`;
      },
    ],
    ['can not be reached', async () => `http://127.0.0.1:${await findFreePort()}/keys`],
  ])('may be out of reach: 503 and nobody is let in when they %s', async (_, jwksUrl) => {
    const verify = verifierOf(await jwksUrl());
    await expect(verify(await sign())).rejects.toMatchObject({
      code: 'identity-provider-unavailable',
      headers: { 'retry-after': '5' },
    });
  });

  it('may be no key set: 503', async () => {
    const good = keys;
    keys = 'nonsense' as unknown as JWK[];
    try {
      await expect(verifierOf(`http://127.0.0.1:${keyPort}/keys`)(await sign())).rejects.toMatchObject({
        code: 'identity-provider-unavailable',
      });
    } finally {
      keys = good;
    }
  });

  it('are not asked for again for every token that names another', async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
    });
    const port = await listen(server, 0, '127.0.0.1');
    try {
      const verify = verifierOf(`http://127.0.0.1:${port}/keys`);
      for (let index = 0; index < 20; index += 1) {
        await expect(verify(await sign({ header: { kid: `k${index}` } }))).rejects.toMatchObject({
          code: 'not-signed-in',
        });
      }
      expect(asked).toBeLessThan(3);
    } finally {
      await closeServer(server);
    }
  });

  it('are public keys: an Ed25519 one where ES256 is expected is not tried', async () => {
    const other = await generateKeyPair('EdDSA', { extractable: true });
    const good = keys;
    keys = [{ ...(await exportJWK(other.publicKey)), kid: KID }];
    try {
      const verify = verifierOf(`http://127.0.0.1:${keyPort}/keys`);
      const token = await sign({ header: { alg: 'EdDSA' }, key: other.privateKey });
      await expect(verify(token)).rejects.toMatchObject({ code: 'not-signed-in' });
    } finally {
      keys = good;
    }
    expect(createPublicKey(await exportSPKI(publicKey)).asymmetricKeyType).toBe('ec');
  });
});
