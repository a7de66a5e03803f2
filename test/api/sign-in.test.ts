import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { findFreePort } from '../support/free-port.ts';
import { changePerson } from '../../admin-api/people/change-person.ts';
import { findCurrentPerson } from '../../admin-api/people/find-current-person.ts';
import { endOfAccess } from '../../admin-api/end-of-access.ts';
import { endSessionsOf, forgetSessions } from '../../admin-api/sessions/end-session.ts';
import { findSession } from '../../admin-api/sessions/find-session.ts';
import { startSession } from '../../admin-api/sessions/start-session.ts';
import { waitUntil } from '../support/wait-until.ts';
import { addPerson, LIMITS, startSignInApp } from './sign-in-app.ts';
import { Browser } from './sign-in-browser.ts';
import { SignInJourney } from './sign-in-journey.ts';

let journey: SignInJourney;

beforeAll(async () => {
  journey = await SignInJourney.start();
});
afterAll(() => journey?.stop());
beforeEach(() => journey.reset());

describe('signing in', () => {
  it('sends the browser to the provider with PKCE, state and nonce', async () => {
    const response = await journey.browser.request(journey.signInUrl('/access'));
    expect(response.status).toBe(302);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { origin, searchParams } = new URL(response.headers.get('location')!);
    expect(origin).toBe(journey.provider.issuer);
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: journey.provider.clientId,
      response_type: 'code',
      redirect_uri: journey.callbackUrl,
      scope: 'openid email',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
  });

  it('links a first-comer by verified address, brings them back, and knows them from then on', async () => {
    const response = await journey.browser.request(
      await journey.toCallback('/access-requests/new?resource=connection:x#return_to=y'),
    );
    expect([response.status, response.headers.get('location')]).toEqual([
      303,
      '/access-requests/new?resource=connection:x#return_to=y',
    ]);
    expect(await journey.caller()).toEqual({
      status: 200,
      body: { person_id: 'per_ada', via: 'session', session_id: expect.stringMatching(/^ses_/), expires_at: null },
    });
    expect(await journey.app.knex('people').pluck('sub')).toEqual(['idp|ada']);
  });

  it('finds a linked person by sub only, whatever their address is now', async () => {
    await journey.signIn();
    journey.browser = new Browser();
    journey.provider.account = { sub: 'idp|ada', email: 'married@example.com', email_verified: false };
    await journey.signIn();
    expect((await journey.caller()).body).toMatchObject({ person_id: 'per_ada' });
  });

  it('writes who signed in to the audit, and no token', async () => {
    await journey.signIn();
    const [entry] = await journey.app.knex('audit_entries').orderBy('sequence', 'desc').limit(1);
    expect(entry).toMatchObject({ type: 'session.started', actor: { id: 'per_ada' }, details: { way: 'oidc' } });
    expect(JSON.stringify(entry)).not.toContain(journey.session());
  });

  it('keeps two tabs apart', async () => {
    const first = await journey.toCallback('/one');
    const second = await journey.toCallback('/two');
    expect((await journey.browser.request(first)).headers.get('location')).toBe('/one');
    expect((await journey.browser.request(second)).headers.get('location')).toBe('/two');
  });
});

describe('the session cookie', () => {
  it('is HttpOnly, Lax and of the whole site; over http neither Secure nor prefixed', async () => {
    await journey.signIn();
    const { header } = journey.browser.jar(journey.app.url).get('hallpass_session')!;
    expect(header.split('; ').slice(1).toSorted()).toEqual(['HttpOnly', 'Max-Age=43200', 'Path=/', 'SameSite=Lax']);
  });

  it('is Secure and __Host- where the public address is https', async () => {
    const port = await findFreePort();
    const { issuer, clientId, clientSecret } = journey.provider;
    const secure = await startSignInApp({
      port,
      publicUrl: 'https://hallpass.example.com',
      oidc: { issuer, client_id: clientId, client_secret: clientSecret },
    });
    try {
      const response = await new Browser().request(`${secure.url}/auth/sign-in`);
      const [header] = response.headers.getSetCookie();
      expect(header).toMatch(/^__Host-hallpass_login_[\w-]{16}=[\w-]+; /);
      expect(header!.split('; ').slice(1).toSorted()).toEqual([
        'HttpOnly',
        'Max-Age=600',
        'Path=/',
        'SameSite=Lax',
        'Secure',
      ]);
      expect(new URL(response.headers.get('location')!).searchParams.get('redirect_uri')).toBe(
        'https://hallpass.example.com/auth/callback',
      );
    } finally {
      await secure.stop();
    }
  });

  it('is new at each sign-in, and the one before opens nothing more', async () => {
    await journey.signIn();
    const before = journey.session()!;
    await journey.signIn();
    expect(journey.session()).not.toBe(before);
    journey.browser.jar(journey.app.url).set('hallpass_session', { value: before, header: '' });
    expect((await journey.caller()).status).toBe(401);
  });

  it('is not taken over from whoever planted one', async () => {
    const planted = Buffer.alloc(32, 7).toString('base64url');
    journey.browser.jar(journey.app.url).set('hallpass_session', { value: planted, header: '' });
    await journey.signIn();
    expect(journey.session()).not.toBe(planted);
    journey.browser.jar(journey.app.url).set('hallpass_session', { value: planted, header: '' });
    expect((await journey.caller()).status).toBe(401);
  });

  it('is stored as a hash only', async () => {
    await journey.signIn();
    const [row] = await journey.app.knex('sessions');
    expect(row.token_hash).toEqual(createHash('sha256').update(journey.session()!).digest());
    expect(JSON.stringify(row)).not.toContain(journey.session());
  });
});

describe('a session', () => {
  it('ends at its very end, used or not', async () => {
    await journey.signIn();
    for (let used = LIMITS.idle_timeout_ms / 2; used < LIMITS.max_age_ms - 60_000; used += LIMITS.idle_timeout_ms / 2) {
      journey.app.clockOffsetMs = used;
      expect([used, (await journey.caller()).status]).toEqual([used, 200]);
    }
    journey.app.clockOffsetMs = LIMITS.max_age_ms;
    expect((await journey.caller()).status).toBe(401);
  });

  it('ends at the very millisecond', async () => {
    const { knex } = journey.app;
    const { token, expires_at } = await startSession(
      knex,
      { person_id: 'per_ada', user_agent: null },
      LIMITS,
      1_000_000,
    );
    await knex('sessions').update({ last_seen_at: new Date(expires_at) });
    expect(await findSession(knex, token, LIMITS, expires_at - 1)).toMatchObject({ person_id: 'per_ada' });
    expect(await findSession(knex, token, LIMITS, expires_at)).toBeNull();
  });

  it('ends with all others of its person, and of nobody else', async () => {
    const { knex } = journey.app;
    await addPerson(knex, { id: 'per_bob', email: 'bob@example.com' });
    const open = (person_id: string): ReturnType<typeof startSession> =>
      startSession(knex, { person_id, user_agent: 'a'.repeat(1_000) }, LIMITS, 1_000_000);
    const [one, two, bob] = [await open('per_ada'), await open('per_ada'), await open('per_bob')];
    expect(await endSessionsOf(knex, 'per_ada', 1_000_001)).toBe(2);
    expect(await endSessionsOf(knex, 'per_ada', 1_000_002)).toBe(0);
    const found = [one, two, bob].map(({ token }) => findSession(knex, token, LIMITS, 1_000_003));
    expect(await Promise.all(found)).toEqual([null, null, { id: bob.id, person_id: 'per_bob' }]);
    expect(await forgetSessions(knex, bob.expires_at)).toBe(0);
    expect(await forgetSessions(knex, bob.expires_at + 1)).toBe(3);
  });

  it('ends when nobody used it', async () => {
    await journey.signIn();
    journey.app.clockOffsetMs = LIMITS.idle_timeout_ms;
    expect((await journey.caller()).body).toMatchObject({ code: 'not-signed-in' });
  });

  it('ends for a person who is disabled, and stays over when they are enabled again', async () => {
    const { knex, runUnitOfWork } = journey.app;
    await journey.signIn();
    const ada = (await findCurrentPerson(knex, { id: 'per_ada' }, Date.now()))!;
    const owner = { ...ada, id: 'per_owner', role: 'owner', base_role: 'owner' } as const;
    await changePerson(runUnitOfWork, owner, 'per_ada', { disabled: true }, endSessionsOf, endOfAccess);
    expect((await journey.caller()).status).toBe(401);
    await changePerson(runUnitOfWork, owner, 'per_ada', { disabled: false }, endSessionsOf, endOfAccess);
    expect((await journey.caller()).status).toBe(401);
  });

  it('does not begin for who is being disabled at that moment', async () => {
    const { knex } = journey.app;
    await journey.signIn();
    const callback = await journey.toCallback();
    const before = await knex('sessions').where({ person_id: 'per_ada', ended_at: null }).pluck('id');
    const signingIn = await knex.transaction(async (trx) => {
      await trx('people').where({ id: 'per_ada' }).update({ disabled_at: new Date() });
      const answer = journey.browser.request(callback);
      await waitUntil('it to wait for the person', async () => {
        const { rows } = await knex.raw(
          `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%"people"%for share%'
              AND datname = current_database()`,
        );
        return rows.length > 0;
      });
      return { answer };
    });
    expect((await signingIn.answer).status).toBe(403);
    expect(await knex('sessions').where({ person_id: 'per_ada', ended_at: null }).pluck('id')).toEqual(before);
  });

  it('does not let a disabled person in, ended or not', async () => {
    await journey.signIn();
    await journey.app.knex('people').update({ disabled_at: new Date() });
    expect(await journey.caller()).toMatchObject({ status: 403, body: { code: 'account-disabled' } });
  });
});

const own = (): Record<string, string> => ({ 'content-type': 'application/json', origin: journey.app.url });
const signOut = (headers: Record<string, string>): Promise<Response> =>
  journey.browser.request(`${journey.app.url}/auth/sign-out`, { method: 'POST', headers });

describe('signing out', () => {
  it('ends the session at once and takes the cookies away', async () => {
    await journey.signIn();
    journey.browser.jar(journey.app.url).set('hallpass_token', { value: 'x', header: '' });
    const before = new Map(journey.browser.jar(journey.app.url));
    expect((await signOut(own())).status).toBe(200);
    expect([...journey.browser.jar(journey.app.url).keys()]).toEqual([]);
    journey.browser.jar(journey.app.url).set('hallpass_session', before.get('hallpass_session')!);
    expect((await journey.caller()).status).toBe(401);
    const [entry] = await journey.app.knex('audit_entries').orderBy('sequence', 'desc').limit(1);
    expect(entry).toMatchObject({ type: 'session.ended', actor: { id: 'per_ada' } });
  });

  it('is quiet without a session', async () => {
    expect((await signOut(own())).status).toBe(204);
  });

  it('is not done for another site', async () => {
    await journey.signIn();
    expect((await signOut({ ...own(), origin: 'https://evil.example' })).status).toBe(403);
    expect((await journey.caller()).status).toBe(200);
  });

  it('is a POST: a GET does nothing', async () => {
    await journey.signIn();
    expect((await journey.browser.request(`${journey.app.url}/auth/sign-out`)).status).toBe(404);
    expect((await journey.caller()).status).toBe(200);
  });
});
