import { findFreePort } from '../support/free-port.ts';
import type { OidcConfig } from '../../admin-api/sessions/oidc-config.ts';
import type { Profile } from '../support/test-services.ts';
import { addPerson, startSignInApp, type SignInApp } from './sign-in-app.ts';
import { Browser } from './sign-in-browser.ts';
import { startTestProvider, type TestProvider } from './sign-in-provider.ts';

/** A provider, the app, and a browser between them. */
export class SignInJourney {
  readonly app: SignInApp;
  readonly provider: TestProvider;
  browser = new Browser();

  constructor(app: SignInApp, provider: TestProvider) {
    this.app = app;
    this.provider = provider;
  }

  static async start(
    options: { oidc?: Partial<OidcConfig>; profile?: Profile; emailInIdToken?: boolean } = {},
  ): Promise<SignInJourney> {
    const port = await findFreePort();
    const provider = await startTestProvider(`http://127.0.0.1:${port}/auth/callback`, {
      emailInIdToken: options.emailInIdToken ?? true,
    });
    const { issuer, clientId, clientSecret } = provider;
    const app = await startSignInApp({
      port,
      oidc: { ...options.oidc, issuer, client_id: clientId, client_secret: clientSecret },
      ...(options.profile === undefined ? {} : { profile: options.profile }),
    });
    return new SignInJourney(app, provider);
  }

  async stop(): Promise<void> {
    await this.app.stop();
    await this.provider.stop();
  }

  /** One person, known by address only, who sits before a new browser. */
  async reset(): Promise<void> {
    this.browser = new Browser();
    this.app.clockOffsetMs = 0;
    this.provider.account = { sub: 'idp|ada', email: 'Ada@Example.com', email_verified: true };
    await this.app.knex('sessions').delete();
    await this.app.knex('people').delete();
    await addPerson(this.app.knex, { id: 'per_ada', email: 'ada@example.com' });
  }

  get callbackUrl(): string {
    return `${this.app.url}/auth/callback`;
  }

  signInUrl(returnTo = '/'): string {
    return `${this.app.url}/auth/sign-in?return_to=${encodeURIComponent(returnTo)}`;
  }

  /** What the session cookie holds. */
  session(): string | undefined {
    return this.browser.jar(this.app.url).get('hallpass_session')?.value;
  }

  /** Goes to the provider and back. @returns the callback's address with its answer, not yet asked for */
  async toCallback(returnTo = '/'): Promise<string> {
    const { url, response } = await this.browser.follow(this.signInUrl(returnTo), this.callbackUrl);
    if (response !== null) throw new Error(`ended with ${response.status} at ${url}`);
    return url;
  }

  /** The audit entries of these types, oldest first. */
  audit(
    ...types: string[]
  ): Promise<{ type: string; subject: { id: string } | null; details: Record<string, unknown> }[]> {
    return this.app.knex('audit_entries').whereIn('type', types).orderBy('sequence');
  }

  async signIn(): Promise<void> {
    const response = await this.browser.request(await this.toCallback());
    if (response.status !== 303) throw new Error(`signing in ended with ${response.status}`);
  }

  /** What the app thinks of the browser now. */
  async caller(): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await this.browser.request(`${this.app.url}/v1/caller`, {
      headers: { accept: 'application/json' },
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  /** Tampers with what the browser remembers of its sign-in. */
  changeLogin(change: Record<string, string>): void {
    const jar = this.browser.jar(this.app.url);
    const [name, { value, header }] = [...jar].find(([key]) => key.startsWith('hallpass_login_'))!;
    const login = JSON.parse(Buffer.from(value, 'base64url').toString()) as object;
    jar.set(name, { value: Buffer.from(JSON.stringify({ ...login, ...change })).toString('base64url'), header });
  }
}
