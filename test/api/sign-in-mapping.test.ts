import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Account } from './sign-in-provider.ts';
import { Browser } from './sign-in-browser.ts';
import { SignInJourney } from './sign-in-journey.ts';

const ADA: Account = { sub: 'idp|ada', email: 'ada@example.com', email_verified: true, name: 'Ada Lovelace' };

const MAPPING = {
  groups_claim: 'groups',
  role_claim: 'realm_access.roles',
  role_mapping: { 'okta-admins': 'admin', 'okta-members': 'member', 'okta-owners': 'owner' },
  scope: 'openid email profile',
} as const;

describe.each([
  ['embedded', true],
  ['server', false],
] as const)('groups and roles from the provider, %s', (profile, emailInIdToken) => {
  let journey: SignInJourney;
  beforeAll(async () => {
    journey = await SignInJourney.start({ profile, emailInIdToken, oidc: MAPPING });
  });
  afterAll(() => journey?.stop());
  beforeEach(() => journey.reset());

  const signInAs = async (account: Partial<Account>): Promise<void> => {
    journey.browser = new Browser();
    journey.provider.account = { ...ADA, ...account };
    await journey.signIn();
  };
  const ada = () => journey.app.knex('people').where({ id: 'per_ada' }).first('role', 'groups');
  const facts = async () => {
    const rows = (await journey.app.knex('feed_changes').orderBy('revision')) as { facts: { value: object }[] }[];
    return rows.flatMap((row) => row.facts.map((fact) => fact.value));
  };

  it('are taken over at each sign-in, audited and told to sidecars, once', async () => {
    const before = (await journey.audit('person.changed')).length;
    await signInAs({
      groups: ['ops', 'dev', 'ops'],
      realm_access: { roles: ['other', 'okta-members', 'okta-admins'] },
    });
    expect(await ada()).toEqual({ role: 'admin', groups: ['dev', 'ops'] });
    expect((await journey.audit('person.changed')).slice(before)).toEqual([
      expect.objectContaining({
        actor: null,
        subject: expect.objectContaining({ id: 'per_ada' }),
        details: {
          source: 'identity-provider',
          before: { role: 'member', groups: [] },
          after: { role: 'admin', groups: ['dev', 'ops'] },
        },
      }),
    ]);
    expect((await facts()).at(-1)).toMatchObject({ id: 'per_ada', role: 'admin', groups: ['dev', 'ops'] });
    const told = (await facts()).length;
    await signInAs({ groups: ['ops', 'dev'], realm_access: { roles: 'okta-admins' } });
    expect((await journey.audit('person.changed')).length).toBe(before + 1);
    expect((await facts()).length).toBe(told);
  });

  it('are lost with the claim: who is in no group any more is a viewer', async () => {
    await signInAs({ groups: ['ops'], realm_access: { roles: ['okta-admins'] } });
    await signInAs({});
    expect(await ada()).toEqual({ role: 'viewer', groups: [] });
  });

  it('never take ownership from the Owner, nor make a second one', async () => {
    await journey.app
      .knex('people')
      .insert({ id: 'per_own', email: 'own@example.com', name: 'O', role: 'owner', sub: 'idp|own' });
    await signInAs({ sub: 'idp|own', email: 'own@example.com', realm_access: { roles: ['okta-members'] } });
    expect(await journey.app.knex('people').where({ role: 'owner' }).pluck('id')).toEqual(['per_own']);
    await signInAs({ realm_access: { roles: ['okta-owners'] } });
    expect((await ada()).role).toBe('admin');
    await journey.app.knex('sessions').delete();
    await journey.app.knex('people').where({ id: 'per_own' }).delete();
    await signInAs({ realm_access: { roles: ['okta-owners'] } });
    expect((await ada()).role).toBe('owner');
  });

  it('change nothing for one who is not let in', async () => {
    await journey.app.knex('people').update({ disabled_at: new Date() });
    journey.provider.account = { ...ADA, realm_access: { roles: ['okta-admins'] } };
    expect((await journey.browser.request(await journey.toCallback())).status).toBe(403);
    expect((await ada()).role).toBe('member');
  });

  it('are never from what is no text, and names of objects are no roles', async () => {
    await signInAs({
      groups: [7, null, { a: 1 }, 'x'.repeat(201), 'ok'],
      realm_access: { roles: ['constructor', '__proto__'] },
    });
    expect(await ada()).toEqual({ role: 'viewer', groups: ['ok'] });
  });
});

describe('without a mapping', () => {
  let journey: SignInJourney;
  beforeAll(async () => {
    journey = await SignInJourney.start({ oidc: { scope: 'openid email profile', create_people: true } });
  });
  afterAll(() => journey?.stop());
  beforeEach(() => journey.reset());

  it('groups and roles stay as they were given by hand', async () => {
    await journey.app.knex('people').update({ role: 'admin', groups: JSON.stringify(['by-hand']) });
    journey.provider.account = { ...ADA, groups: ['ops'], realm_access: { roles: ['okta-members'] } };
    await journey.signIn();
    expect(await journey.app.knex('people').first('role', 'groups')).toEqual({ role: 'admin', groups: ['by-hand'] });
  });

  it('people are added at sign-in where the settings say so, with the lowest role', async () => {
    journey.provider.account = { sub: 'idp|new', email: 'new@example.com', email_verified: true, name: 'New Comer' };
    await journey.signIn();
    expect(await journey.app.knex('people').where({ sub: 'idp|new' }).first()).toMatchObject({
      email: 'new@example.com',
      name: 'New Comer',
      role: 'viewer',
      groups: [],
    });
    expect((await journey.audit('person.added')).at(-1)).toMatchObject({ actor: null, details: { role: 'viewer' } });
    expect((await journey.caller()).status).toBe(200);
  });

  it('nobody is added without a verified address', async () => {
    journey.provider.account = { sub: 'idp|new2', email: 'new2@example.com', email_verified: false };
    expect((await journey.browser.request(await journey.toCallback())).status).toBe(403);
    expect(await journey.app.knex('people').pluck('id')).toEqual(['per_ada']);
  });
});

describe('the audit log', () => {
  let journey: SignInJourney;
  beforeAll(async () => {
    journey = await SignInJourney.start();
  });
  afterAll(() => journey?.stop());
  beforeEach(() => journey.reset());

  const refused = async () => {
    const response = await journey.browser.request(await journey.toCallback());
    expect(response.status).toBeGreaterThanOrEqual(400);
  };

  it('has who was let in and who was refused, why, and no token', async () => {
    journey.provider.account = { sub: 'idp|eve', email: 'eve@example.com', email_verified: true };
    await refused();
    await journey.app.knex('people').update({ disabled_at: new Date() });
    journey.provider.account = ADA;
    journey.browser = new Browser();
    await refused();
    await journey.app.knex('people').update({ disabled_at: null });
    await journey.signIn();
    const entries = await journey.audit('session.refused', 'session.started');
    expect(entries).toMatchObject([
      { type: 'session.refused', subject: null, details: { reason: 'unknown-person', sub: 'idp|eve' } },
      { type: 'session.refused', subject: { id: 'per_ada' }, details: { reason: 'account-disabled' } },
      { type: 'session.started', subject: { id: 'per_ada' }, details: { way: 'oidc', ip: '127.0.0.1' } },
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/eyJ|"code"/);
  });

  it('can not be filled by those who are nobody', async () => {
    const before = (await journey.audit('session.refused')).length;
    for (let attempt = 0; attempt < 8; attempt += 1) {
      const answer = await journey.browser.request(`${journey.callbackUrl}?state=${'x'.repeat(40)}&code=x`);
      expect(answer.status).toBe(400);
    }
    const written = (await journey.audit('session.refused')).length - before;
    expect(written).toBeGreaterThanOrEqual(1);
    // Three a minute, and a minute may have passed in between.
    expect(written).toBeLessThanOrEqual(6);
  });
});
