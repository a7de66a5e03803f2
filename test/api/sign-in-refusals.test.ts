import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { findFreePort } from '../support/free-port.ts';
import { addPerson, startSignInApp } from './sign-in-app.ts';
import { Browser } from './sign-in-browser.ts';
import { SignInJourney } from './sign-in-journey.ts';
import { startTestProvider } from './sign-in-provider.ts';

let journey: SignInJourney;

beforeAll(async () => {
  journey = await SignInJourney.start();
});
afterAll(() => journey?.stop());
beforeEach(() => journey.reset());

/** Asks for an address and expects a problem; no session may come of it. */
async function expectProblem(url: string, status: number, code: string): Promise<void> {
  const response = await journey.browser.request(url, { headers: { accept: 'application/json' } });
  expect(await response.json()).toMatchObject({ status, code });
  expect(response.status).toBe(status);
  expect(journey.session()).toBeUndefined();
  expect(await journey.app.knex('sessions').whereNull('ended_at')).toEqual([]);
}

describe('signing in is refused', () => {
  it('when the state is not the one this browser was given', async () => {
    const url = new URL(await journey.toCallback());
    url.searchParams.set('state', 'A'.repeat(43));
    await expectProblem(url.href, 400, 'sign-in-expired');
  });

  it('when the state differs only behind what names the cookie', async () => {
    const url = new URL(await journey.toCallback());
    url.searchParams.set('state', `${url.searchParams.get('state')!.slice(0, -1)}!`);
    await expectProblem(url.href, 400, 'sign-in-expired');
  });

  it('when there is no state, or more than one', async () => {
    const url = new URL(await journey.toCallback());
    const state = url.searchParams.get('state')!;
    url.searchParams.append('state', state);
    await expectProblem(url.href, 400, 'sign-in-expired');
    url.searchParams.delete('state');
    await expectProblem(url.href, 400, 'sign-in-expired');
  });

  it('when the answer is brought by another browser', async () => {
    const url = await journey.toCallback();
    journey.browser = new Browser();
    await expectProblem(url, 400, 'sign-in-expired');
  });

  it('when the answer comes a second time', async () => {
    const url = await journey.toCallback();
    expect((await journey.browser.request(url)).status).toBe(303);
    journey.browser.jar(journey.app.url).delete('hallpass_session');
    await journey.app.knex('sessions').delete();
    await expectProblem(url, 400, 'sign-in-expired');
  });

  it('when the code was redeemed before, although the browser still holds its login', async () => {
    const url = await journey.toCallback();
    const jar = new Map(journey.browser.jar(journey.app.url));
    expect((await journey.browser.request(url)).status).toBe(303);
    journey.browser = new Browser();
    for (const [name, cookie] of jar) journey.browser.jar(journey.app.url).set(name, cookie);
    await journey.app.knex('sessions').delete();
    await expectProblem(url, 400, 'sign-in-failed');
  });

  it('when the nonce of the ID token is not the one that was sent', async () => {
    const url = await journey.toCallback();
    journey.changeLogin({ nonce: 'B'.repeat(43) });
    await expectProblem(url, 400, 'sign-in-failed');
  });

  it('when the PKCE verifier is another', async () => {
    const url = await journey.toCallback();
    journey.changeLogin({ code_verifier: 'C'.repeat(43) });
    await expectProblem(url, 400, 'sign-in-failed');
  });

  it('when the answer names another issuer (mix-up, RFC 9207)', async () => {
    const url = new URL(await journey.toCallback());
    expect(url.searchParams.get('iss')).toBe(journey.provider.issuer);
    url.searchParams.set('iss', 'https://evil.example');
    await expectProblem(url.href, 400, 'sign-in-failed');
  });

  it('when the person cancels at the provider', async () => {
    journey.provider.account = null;
    await expectProblem(await journey.toCallback(), 403, 'sign-in-refused');
  });

  it.each([{ email_verified: false }, {}])('when the address is not verified: %j', async (verified) => {
    journey.provider.account = { sub: 'idp|eve', email: 'ada@example.com', ...verified };
    await expectProblem(await journey.toCallback(), 403, 'unknown-person');
    expect(await journey.app.knex('people').pluck('sub')).toEqual([null]);
  });

  it('when nobody has the address', async () => {
    journey.provider.account = { sub: 'idp|eve', email: 'eve@example.com', email_verified: true };
    await expectProblem(await journey.toCallback(), 403, 'unknown-person');
    expect(await journey.app.knex('people').pluck('id')).toEqual(['per_ada']);
  });

  it('when the person with the address is linked to another identity', async () => {
    await journey.app.knex('people').update({ sub: 'idp|first' });
    await expectProblem(await journey.toCallback(), 403, 'unknown-person');
    expect(await journey.app.knex('people').pluck('sub')).toEqual(['idp|first']);
  });

  it('when the person is disabled, and does not link them', async () => {
    await journey.app.knex('people').update({ disabled_at: new Date() });
    await expectProblem(await journey.toCallback(), 403, 'account-disabled');
    expect(await journey.app.knex('people').pluck('sub')).toEqual([null]);
  });

  it('with a page, for a person', async () => {
    journey.provider.account = { sub: 'idp|eve', email: '<script>@example.com', email_verified: true };
    const response = await journey.browser.request(await journey.toCallback());
    expect([response.status, response.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8']);
    const html = await response.text();
    expect(html).toContain('Ask an Admin to add you.');
    expect(html).toContain('href="/auth/sign-in"');
    expect(html).not.toContain('<script');
  });
});

describe('the way back', () => {
  it.each([
    'https://evil.example',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    'javascript:alert(1)',
    'evil',
    '',
    ' /x',
    '/x\\y',
    '/x\ty',
    '/x y',
  ])('is no open redirect: %j', async (returnTo) => {
    const response = await journey.browser.request(journey.signInUrl(returnTo), {
      headers: { accept: 'application/json' },
    });
    expect(await response.json()).toMatchObject({ status: 422, errors: [{ field: 'return_to' }] });
    expect(journey.browser.jar(journey.app.url).size).toBe(0);
  });

  it('has an end', async () => {
    expect((await journey.browser.request(journey.signInUrl(`/${'a'.repeat(2_000)}`))).status).toBe(422);
  });

  it('can not be changed to another site in the cookie either', async () => {
    const url = await journey.toCallback();
    journey.changeLogin({ return_to: '//evil.example' });
    await expectProblem(url, 400, 'sign-in-expired');
  });
});

describe('the provider', () => {
  it('may tell the address at its userinfo endpoint only', async () => {
    const port = await findFreePort();
    const other = await startTestProvider(`http://127.0.0.1:${port}/auth/callback`, { emailInIdToken: false });
    other.account = { sub: 'idp|ada', email: 'ada@example.com', email_verified: true };
    const { issuer, clientId, clientSecret } = other;
    const second = await startSignInApp({ port, oidc: { issuer, client_id: clientId, client_secret: clientSecret } });
    try {
      await addPerson(second.knex, { id: 'per_ada', email: 'ada@example.com' });
      const { url } = await journey.browser.follow(`${second.url}/auth/sign-in`, `${second.url}/auth/callback`);
      expect((await journey.browser.request(url)).status).toBe(303);
      expect(await second.knex('people').pluck('sub')).toEqual(['idp|ada']);
    } finally {
      await second.stop();
      await other.stop();
    }
  });

  it('may be out of reach: nobody is let in, and it is asked again the next time', async () => {
    const port = await findFreePort();
    const providerPort = await findFreePort();
    const oidc = { issuer: `http://127.0.0.1:${providerPort}`, client_id: 'hallpass-console', client_secret: 'x' };
    const second = await startSignInApp({ port, oidc });
    try {
      const refused = await journey.browser.request(`${second.url}/auth/sign-in`, {
        headers: { accept: 'application/json' },
      });
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
      expect(await refused.json()).toMatchObject({ code: 'identity-provider-unavailable' });

      const redirectUri = `${second.url}/auth/callback`;
      const late = await startTestProvider(redirectUri, { emailInIdToken: true, port: providerPort });
      late.account = { sub: 'idp|ada', email: 'ada@example.com', email_verified: true };
      const { url } = await journey.browser.follow(`${second.url}/auth/sign-in`, redirectUri);
      expect(url).toContain(redirectUri);
      await late.stop();
      const cut = await journey.browser.request(url, { headers: { accept: 'application/json' } });
      expect(await cut.json()).toMatchObject({ status: 503, code: 'identity-provider-unavailable' });
      expect(journey.browser.jar(second.url).get('hallpass_session')).toBeUndefined();
    } finally {
      await second.stop();
    }
  });
});
