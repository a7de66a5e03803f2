import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTHeaderParameters } from 'jose';
import { closeServer, listen } from '../../../core/process/ops-server.ts';

export const AUDIENCE = 'hallpass';

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** Signs JWTs and serves the keys to check them with. */
export class IdentityProvider {
  readonly #server: Server;
  #keys: SigningKey[] = [];
  #port = 0;
  fetches = 0;
  /** Set: the JWKS URL answers with this status and no keys. */
  failWith: number | null = null;
  /** Set: the JWKS URL answers with this text, whatever it is. */
  answerWith: string | null = null;
  /** Set: the JWKS URL sends elsewhere. */
  redirectTo: string | null = null;
  /** Set: the JWKS URL never answers. */
  isSilent = false;

  constructor() {
    this.#server = createServer((_request, response) => {
      this.fetches += 1;
      if (this.isSilent) return;
      if (this.failWith !== null) {
        response.writeHead(this.failWith).end('out of order');
        return;
      }
      if (this.redirectTo !== null) {
        response.writeHead(302, { location: this.redirectTo }).end();
        return;
      }
      response.writeHead(200, { 'content-type': 'application/jwk-set+json' });
      response.end(this.answerWith ?? JSON.stringify({ keys: this.#keys.map((key) => key.publicJwk) }));
    });
  }

  get issuer(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get jwksUrl(): string {
    return `${this.issuer}/jwks.json`;
  }

  async start(): Promise<void> {
    await this.rotate();
    this.#port = await listen(this.#server, 0, '127.0.0.1');
  }

  stop(): Promise<void> {
    return closeServer(this.#server);
  }

  /** New tokens are signed with a new key; the old ones stay published unless told otherwise. */
  async rotate(options: { readonly withdrawOld?: boolean } = {}): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
    const kid = `key-${crypto.randomUUID()}`;
    const key = { kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg: 'EdDSA', use: 'sig' } };
    this.#keys = options.withdrawOld === true ? [key] : [key, ...this.#keys];
  }

  get kid(): string {
    return this.#keys[0]!.kid;
  }

  get publicJwk(): JWK {
    return this.#keys[0]!.publicJwk;
  }

  /** Signs whatever is given, also what no library would make. */
  async signText(header: string, payload: string | Buffer): Promise<string> {
    const input = `${Buffer.from(header).toString('base64url')}.${Buffer.from(payload).toString('base64url')}`;
    const signature = await crypto.subtle.sign('Ed25519', this.#keys[0]!.privateKey, Buffer.from(input));
    return `${input}.${Buffer.from(signature).toString('base64url')}`;
  }

  sign(
    sub: string,
    changes: { readonly claims?: Record<string, unknown>; readonly header?: Partial<JWTHeaderParameters> } = {},
  ): Promise<string> {
    const { privateKey, kid } = this.#keys[0]!;
    const nowSeconds = Math.floor(Date.now() / 1000);
    return new SignJWT({
      iss: this.issuer,
      aud: AUDIENCE,
      sub,
      iat: nowSeconds,
      exp: nowSeconds + 3_600,
      ...changes.claims,
    })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid, ...changes.header })
      .sign(privateKey);
  }
}
