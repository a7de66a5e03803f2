import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '../../core/access/ids.ts';
import { createDenialKey, denialTokenExpiry, signDenialToken } from '../../core/decision/denial-token.ts';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { clearAccess } from '../support/clear-access.ts';
import {
  boundTo,
  openDenyingSidecar,
  PRODUCTION,
  PROXY,
  REQUESTS,
  submission,
  URN,
  type DenyingSidecar,
} from './arap-denials.ts';

// ARAP draft 1, "Verifying the Denial Binding": a token is good for what was refused, once, and for minutes.
describe('what a denial binds', () => {
  let api: TestAdminApi;
  let sidecar: DenyingSidecar;
  beforeAll(async () => {
    api = await startAdminApi();
    sidecar = await openDenyingSidecar(api);
  });
  afterEach(() => clearAccess(api));
  afterAll(async () => {
    sidecar.close();
    await api.stop();
  });

  const member = { type: 'user', id: 'member@example.com' };
  const read = { name: 'read' };
  const post = (body: object, name = 'member') => api.as(name).post(REQUESTS, body);
  const pending = () => api.running.parts.knex('access_requests').where({ status: 'pending' });
  const refusal = async (body: object, name?: string) => {
    const answer = await post(body, name);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await pending()).toHaveLength(0);
    return [answer.status, answer.body.type];
  };
  const INVALID = [400, `${URN}invalid_denial_binding`];

  it.each([
    ['another action', { action: { name: 'write' } }],
    ['another resource', { resource: { type: 'connection', id: 'aws-staging' } }],
    ['a property that was not in the question', { resource: { ...PRODUCTION, properties: { amount: 1 } } }],
  ])('is no token for %s', async (_what, change) => {
    expect(await refusal(submission(await sidecar.deny('member'), change))).toEqual(INVALID);
  });

  it('is what an app wrote, to the property', async () => {
    const asked = { subject: member, resource: { ...PRODUCTION, properties: { amount: 1 } }, action: read };
    const denial = () => sidecar.deny('member', boundTo(asked));
    expect(await refusal({ ...submission(await denial()), resource: PRODUCTION })).toEqual(INVALID);
    const more = { ...PRODUCTION, properties: { amount: 2 } };
    expect(await refusal({ ...submission(await denial()), resource: more })).toEqual(INVALID);
    // The same person by another name is another question.
    expect(
      await refusal({ ...submission(await denial()), ...asked, subject: { type: 'user', id: api.idOf('member') } }),
    ).toEqual(INVALID);
    const acting = { ...member, properties: { act: { sub: 'agent' } } };
    const withoutActor = await sidecar.deny('member', boundTo({ ...asked, subject: { ...member, properties: {} } }));
    expect((await post({ ...submission(withoutActor), ...asked, subject: acting })).status).toBe(202);
  });

  it('is no token of another person, and nobody asks for another person', async () => {
    expect(await refusal(submission(await sidecar.deny('member2')))).toEqual(INVALID);
    const theirs = submission(await sidecar.deny('member2'), { subject: { type: 'user', id: 'member2@example.com' } });
    expect((await post(theirs)).body.code).toBe('not-allowed');
  });

  it.each([
    ['another evaluation', { evaluation_id: 'ev_other' }],
    ['another end', { expires_at: '2099-01-01T00:00:00Z' }],
    ['no token', { binding_token: undefined }],
    ['a token that is none', { binding_token: 'none' }],
  ])('is refused with %s', async (_what, change) => {
    expect(await refusal(submission({ ...(await sidecar.deny('member')), ...change }))).toEqual(INVALID);
  });

  it('is over when it says so', async () => {
    const old = await sidecar.deny('member', {}, Date.now() - 30 * 60_000 - 1_000);
    expect(await refusal(submission(old))).toEqual([410, `${URN}expired_denial`]);
  });

  it('is believed of a sidecar that is known, for itself, and for this control plane', async () => {
    const at = Date.now();
    const forge = async (key: Parameters<typeof signDenialToken>[1], parties: { issuer: string; audience: string }) => {
      const evaluationId = newId('evaluation');
      const claims = {
        subject: { type: 'user', id: api.idOf('member') } as const,
        resource: PRODUCTION,
        action: read,
        evaluation_id: evaluationId,
        reason: 'no-grant',
        return_to: null,
      };
      const token = await signDenialToken(claims, key, parties, at);
      return submission({ binding_token: token, evaluation_id: evaluationId, expires_at: denialTokenExpiry(at) });
    };
    const parties = { issuer: PROXY, audience: api.url };
    const { key } = sidecar.feed;
    expect(await refusal(await forge(await createDenialKey(), parties))).toEqual(INVALID);
    const stranger = await createDenialKey();
    expect(await refusal(await forge({ ...stranger, kid: key.kid }, parties))).toEqual(INVALID);
    expect(await refusal(await forge(key, { ...parties, audience: 'https://another.test' }))).toEqual(INVALID);
    expect(await refusal(await forge(key, { ...parties, issuer: 'http://another-sidecar.test' }))).toEqual(INVALID);
    expect((await post(await forge(key, parties))).status).toBe(202);
  });

  it('is asked from once', async () => {
    const denial = await sidecar.deny('member');
    expect((await post(submission(denial))).status).toBe(202);
    const replayed = await post(submission(denial));
    expect([replayed.status, replayed.body.type]).toEqual(INVALID);
    expect(replayed.body.detail).toContain('Idempotency-Key');
    const joined = await post(submission(await sidecar.deny('member')));
    expect(joined.status).toBe(202);
    expect(await pending()).toHaveLength(1);
    // Of the two that come at once, one is.
    await clearAccess(api);
    const body = submission(await sidecar.deny('member'));
    const statuses = (await Promise.all([post(body), post(body), post(body)])).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([202, 400, 400]);
  });

  describe('of several at once', () => {
    const STAGING2 = { type: 'target', id: 'billing-db' } as const;
    it('covers the item it stands at, and one at the top the items without', async () => {
      const items = [
        { resource: PRODUCTION, action: read, denial: await sidecar.deny('member') },
        { resource: PRODUCTION, action: { name: 'write' } },
      ];
      const { resource: _r, action: _a, denial: _d, ...plain } = submission({});
      const top = await sidecar.deny('member', { action: { name: 'write' } });
      const without = await refusal({ ...plain, items });
      expect(without).toEqual(INVALID);
      const wrong = await refusal({ ...plain, items, denial: await sidecar.deny('member', { resource: STAGING2 }) });
      expect(wrong).toEqual(INVALID);
      const both = await post({ ...plain, items, denial: top, resource: PRODUCTION });
      expect([both.status, both.body.errors[0].field]).toEqual([422, 'resource']);
      const taken = await post({ ...plain, items, denial: top });
      expect(taken.status).toBe(202);
      expect(taken.body.task.items).toMatchObject([
        { resource: PRODUCTION, action: read, status: 'pending' },
        { resource: PRODUCTION, action: { name: 'write' }, status: 'pending' },
      ]);
      // Both are a matter of one grant, so it is asked for once.
      expect(await pending()).toHaveLength(1);
    });
  });
});
