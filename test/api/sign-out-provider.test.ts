import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPair, SignJWT } from 'jose';
import { waitUntil } from '../support/wait-until.ts';
import { addPerson } from './sign-in-app.ts';
import { Browser } from './sign-in-browser.ts';
import { SignInJourney } from './sign-in-journey.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

describe.each(['embedded', 'server'] as const)('signing out at the provider, %s', (profile) => {
  let journey: SignInJourney;
  beforeAll(async () => {
    journey = await SignInJourney.start({ profile });
  });
  afterAll(() => journey?.stop());
  beforeEach(() => journey.reset());

  const open = (): Promise<{ id: string; provider_sid: string; id_token: string | null }[]> =>
    journey.app.knex('sessions').whereNull('ended_at').orderBy('created_at');
  const signOut = () =>
    journey.browser.request(`${journey.app.url}/auth/sign-out`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: journey.app.url },
    });
  /** Confirms at the provider that one wants to be signed out there. */
  const confirm = async (url: string): Promise<Response> => {
    const asked = await (await journey.browser.request(url)).text();
    const xsrf = /name="xsrf" value="(\w+)"/.exec(asked)?.[1];
    return journey.browser.request(`${journey.provider.issuer}/session/end/confirm`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ xsrf: String(xsrf), logout: 'yes' }),
    });
  };

  it('goes on to the provider, which knows whose session it is, and comes back', async () => {
    await journey.signIn();
    const [session] = await open();
    expect(session?.id_token).toMatch(/^v1\./);
    const answer = await signOut();
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const { redirect_to: url } = (await answer.json()) as { redirect_to: string };
    const { searchParams, origin } = new URL(url);
    expect(origin).toBe(journey.provider.issuer);
    expect(searchParams.get('post_logout_redirect_uri')).toBe(`${journey.app.url}/sign-in`);
    expect(searchParams.get('id_token_hint')?.split('.').length).toBe(3);
    const done = await confirm(url);
    expect(done.headers.get('location')).toBe(`${journey.app.url}/sign-in`);
    // What is over keeps nothing to sign out with.
    expect(await journey.app.knex('sessions').pluck('id_token')).toEqual([null]);
  });

  it('there ends every session of it here, and no other', async () => {
    await journey.signIn();
    const first = journey.browser;
    journey.browser = new Browser();
    await journey.signIn();
    const [ended, stays] = await open();
    expect(ended?.provider_sid).not.toBe(stays?.provider_sid);
    journey.browser = first;
    await confirm(`${journey.provider.issuer}/session/end`);
    await waitUntil('the provider to say so', async () => (await open()).length === 1);
    expect((await open())[0]?.id).toBe(stays?.id);
    expect((await journey.caller()).status).toBe(401);
    expect((await journey.audit('session.ended')).at(-1)).toMatchObject({
      actor: null,
      subject: { id: 'per_ada' },
      details: { session_ids: [ended?.id], way: 'backchannel' },
    });
  });

  const send = async (token: string | null) => {
    const response = await fetch(`${journey.app.url}/auth/oidc/backchannel-logout`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: token === null ? '' : new URLSearchParams({ logout_token: token }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const claims = (changes: Record<string, unknown> = {}) => ({
    iss: journey.provider.issuer,
    aud: journey.provider.clientId,
    iat: Math.floor(Date.now() / 1000),
    jti: crypto.randomUUID(),
    events: { [EVENT]: {} },
    sub: 'idp|ada',
    ...changes,
  });

  it('by sub ends all sessions of that person, once', async () => {
    await journey.signIn();
    journey.browser = new Browser();
    await journey.signIn();
    await addPerson(journey.app.knex, { id: 'per_bob', email: 'bob@example.com', sub: 'idp|bob' });
    journey.browser = new Browser();
    journey.provider.account = { sub: 'idp|bob', email: 'bob@example.com', email_verified: true };
    await journey.signIn();
    const token = await journey.provider.sign(claims(), { typ: 'logout+jwt' });
    const answer = await send(token);
    expect([answer.status, answer.text, answer.headers.get('cache-control')]).toEqual([200, '', 'no-store']);
    expect(await journey.app.knex('sessions').whereNull('ended_at').pluck('person_id')).toEqual(['per_bob']);
    await journey.signIn();
    const again = await send(token);
    expect([again.status, JSON.parse(again.text).error]).toEqual([400, 'invalid_request']);
    expect(await open()).not.toEqual([]);
  });

  it('by sub and sid ends that session, and those of the person that no sid is known of', async () => {
    await journey.signIn();
    journey.browser = new Browser();
    await journey.signIn();
    journey.browser = new Browser();
    await journey.signIn();
    const [unnamed, named, other] = await open();
    await journey.app.knex('sessions').where({ id: unnamed?.id }).update({ provider_sid: null });
    const token = await journey.provider.sign(claims({ sid: named?.provider_sid }));
    expect((await send(token)).status).toBe(200);
    expect((await open()).map((session) => session.id)).toEqual([other?.id]);
  });

  it('of somebody unknown, or whose session is over, is fine', async () => {
    expect((await send(await journey.provider.sign(claims({ sub: 'idp|eve' })))).status).toBe(200);
    expect((await send(await journey.provider.sign(claims({ sub: undefined, sid: 'unknown' })))).status).toBe(200);
  });

  it('asks for sub and sid to be of the same person', async () => {
    await journey.signIn();
    const [session] = await open();
    await addPerson(journey.app.knex, { id: 'per_bob', email: 'bob@example.com', sub: 'idp|bob' });
    await send(await journey.provider.sign(claims({ sub: 'idp|bob', sid: session?.provider_sid })));
    expect(await open()).toHaveLength(1);
    await send(await journey.provider.sign(claims({ sub: 'idp|ada', sid: session?.provider_sid })));
    expect(await open()).toHaveLength(0);
  });

  it.each<[string, { claims?: Record<string, unknown>; header?: object }]>([
    ['of another issuer', { claims: { iss: 'https://evil.example' } }],
    ['for another client', { claims: { aud: 'other' } }],
    ['that is old', { claims: { iat: Math.floor(Date.now() / 1000) - 306 } }],
    ['from the future', { claims: { iat: Math.floor(Date.now() / 1000) + 3_600 } }],
    ['that has run out', { claims: { exp: Math.floor(Date.now() / 1000) - 10 } }],
    ['without iat', { claims: { iat: undefined } }],
    ['without jti', { claims: { jti: undefined } }],
    ['without events', { claims: { events: undefined } }],
    ['about another event', { claims: { events: { 'http://example.com/event': {} } } }],
    ['whose event is no object', { claims: { events: { [EVENT]: true } } }],
    ['with a nonce: it could be an ID token', { claims: { nonce: 'n' } }],
    ['that names nobody', { claims: { sub: undefined } }],
    ['of another type', { header: { typ: 'at+jwt' } }],
  ])('is refused with a token %s', async (_, wrong) => {
    await journey.signIn();
    const answer = await send(await journey.provider.sign(claims(wrong.claims), wrong.header));
    expect([answer.status, JSON.parse(answer.text), answer.headers.get('cache-control')]).toEqual([
      400,
      { error: 'invalid_request', error_description: expect.any(String) },
      'no-store',
    ]);
    expect(await open()).toHaveLength(1);
  });

  it('is refused without a token, with one that is none, and with a key that is not the provider’s', async () => {
    await journey.signIn();
    const { privateKey } = await generateKeyPair('RS256');
    const forged = await new SignJWT(claims()).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(privateKey);
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${forged.split('.')[1]}.`;
    for (const token of [null, 'x', forged, unsigned]) expect((await send(token)).status).toBe(400);
    expect(await open()).toHaveLength(1);
  });
});

describe('where the settings say so', () => {
  it('signing out stays here', async () => {
    const journey = await SignInJourney.start({ oidc: { provider_sign_out: false } });
    try {
      await journey.reset();
      await journey.signIn();
      const answer = await journey.browser.request(`${journey.app.url}/auth/sign-out`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: journey.app.url },
      });
      expect(answer.status).toBe(204);
    } finally {
      await journey.stop();
    }
  });
});
