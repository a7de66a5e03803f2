import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, type JWTHeaderParameters } from 'jose';
import { Provider } from 'oidc-provider';
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js';
import { closeServer } from '../../core/process/ops-server.ts';
import { findFreePort } from '../support/free-port.ts';

/** What the provider says of the account that signs in next. */
export interface Account {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
  /** Whatever else the provider says of people here. */
  readonly groups?: unknown;
  readonly realm_access?: { readonly roles: unknown };
}

export interface TestProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Who sits before the browser; null: they press "cancel". */
  account: Account | null;
  /** Whatever the provider could have signed. */
  sign(claims: Record<string, unknown>, header?: Partial<JWTHeaderParameters>): Promise<string>;
  stop(): Promise<void>;
}

/** A real OpenID provider whose person never has to type: whoever comes is `account`. */
export async function startTestProvider(
  redirectUri: string,
  options: { readonly emailInIdToken: boolean; readonly port?: number },
): Promise<TestProvider> {
  const port = options.port ?? (await findFreePort());
  const issuer = `http://127.0.0.1:${port}`;
  const accounts = new Map<string, Account>();
  const clientId = 'hallpass-console';
  const clientSecret = crypto.randomUUID();
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const provider = new Provider(issuer, {
    adapter: createMemoryAdapter(0),
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'one', alg: 'RS256', use: 'sig' }] },
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        post_logout_redirect_uris: [new URL('/sign-in', redirectUri).href],
        backchannel_logout_uri: new URL('/auth/oidc/backchannel-logout', redirectUri).href,
        backchannel_logout_session_required: true,
      },
    ],
    claims: { openid: ['sub', 'groups', 'realm_access'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: !options.emailInIdToken,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
    interactions: { url: (_: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
    cookies: { keys: [crypto.randomUUID()] },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
    findAccount: (_: unknown, sub: string) => ({ accountId: sub, claims: () => ({ ...accounts.get(sub), sub }) }),
  });

  const result: TestProvider = {
    issuer,
    clientId,
    clientSecret,
    account: null,
    sign: (claims, header = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'one', ...header }).sign(privateKey),
    stop: () => closeServer(server),
  };
  const callback = provider.callback();
  const server = createServer((request, response) => {
    const handle = request.url?.startsWith('/interaction/') === true ? interact : callback;
    handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return result;

  async function interact(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { account } = result;
    if (account === null) {
      await provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'cancelled' });
      return;
    }
    const { params } = await provider.interactionDetails(request, response);
    accounts.set(account.sub, account);
    const grant = new provider.Grant({ accountId: account.sub, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    const grantId = await grant.save();
    await provider.interactionFinished(request, response, {
      login: { accountId: account.sub, remember: false },
      consent: { grantId },
    });
  }
}
