import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startStack, type Stack } from '../support/quickstart-stack.ts';
import { PROFILES } from '../support/test-services.ts';
import { approve, ask, AWS_PRODUCTION, PRODUCTION, waitForNotification, waitUntilInEffect } from './access-loop.ts';

// Journeys 2, 3 and 4: asked, reviewed, in.
describe.each(PROFILES)('a request for access, %s', (profile) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack(profile);
  }, 120_000);
  afterAll(() => stack?.stop());

  it('leads from the denial to the very URL that was refused', async () => {
    const proxy = await stack.proxy('member');
    const denied = await proxy.get(`${PRODUCTION}/echo?ticket=7`);
    expect(denied.status).toBe(403);

    const request = await ask(stack, 'member', {
      resource: AWS_PRODUCTION,
      reason: 'Ticket 7: invoices fail.',
      duration_seconds: 3_600,
      binding_token: denied.body.access_request.binding_token,
    });
    expect(request).toMatchObject({
      status: 'pending',
      requester: { email: 'member@example.com' },
      resource: { ...AWS_PRODUCTION, name: 'AWS production' },
      duration_seconds: 3_600,
      evaluation_id: denied.body.evaluation_id,
      return_to: `${stack.urls.proxy}${PRODUCTION}/echo?ticket=7`,
      in_effect: false,
      can_cancel: true,
      can_review: false,
    });

    // Every reviewer is told, the requester is not.
    for (const reviewer of ['admin', 'admin2', 'owner']) {
      await waitForNotification(stack, reviewer, /^Mia Member asks for connection:aws-production$/);
    }
    const own = await (await stack.api('member')).get('/v1/notifications');
    expect(own.body.items.filter((item: { title: string }) => /asks for/.test(item.title))).toEqual([]);

    // What the Admin sees of it: Requester, Resource, Reason, Requested duration, Submitted.
    const pending = await (await stack.api('admin')).get('/v1/access-requests?status=pending');
    expect(pending.body.items[0]).toMatchObject({
      id: request.id,
      requester: { name: 'Mia Member' },
      resource: AWS_PRODUCTION,
      reason: 'Ticket 7: invoices fail.',
      duration_seconds: 3_600,
      submitted_at: expect.any(String),
      can_review: true,
    });

    const beforeMs = Date.now();
    const { grant, request: approved } = await approve(stack, 'admin', request.id);
    expect(approved.status).toBe('approved');
    // The clock of the grant starts at approval, not at the request.
    expect(new Date(grant.expires_at).getTime()).toBeGreaterThanOrEqual(beforeMs + 3_600_000);
    expect(new Date(grant.expires_at).getTime()).toBeLessThanOrEqual(Date.now() + 3_600_000);

    await waitUntilInEffect(stack, 'member', request.id);
    const allowed = await proxy.get(`${PRODUCTION}/echo?ticket=7`);
    expect(allowed.status).toBe(200);
    expect(allowed.body.path).toBe('/echo?ticket=7');

    const me = await (await stack.api('member')).get('/v1/me');
    const shown = me.body.grants.find((held: { id: string }) => held.id === grant.id);
    expect(shown).toMatchObject({ state: 'active', expires_at: grant.expires_at, resource: AWS_PRODUCTION });
    expect(Math.abs(new Date(me.body.server_time).getTime() - Date.now())).toBeLessThan(60_000);
    await waitForNotification(stack, 'member', /^You have access: connection:aws-production$/);
  });

  it('is decided by Admins and the Owner only, and never by the requester', async () => {
    const request = await ask(stack, 'admin', { scope_id: 'production', duration_seconds: 60 });
    for (const [name, code] of [
      ['member', 'not-allowed'],
      ['viewer', 'not-allowed'],
      ['admin', 'self-review'],
    ] as const) {
      const answer = await (await stack.api(name)).post(`/v1/access-requests/${request.id}/approve`, {});
      // Who may not even see it learns nothing of it.
      expect([403, 404]).toContain(answer.status);
      if (name === 'admin') expect([answer.status, answer.body.code]).toEqual([403, code]);
    }
    const still = await (await stack.api('owner')).get(`/v1/access-requests/${request.id}`);
    expect(still.body.status).toBe('pending');
    await approve(stack, 'owner', request.id);
    const again = await (await stack.api('admin2')).post(`/v1/access-requests/${request.id}/approve`, {});
    expect([again.status, again.body.code]).toEqual([409, 'already-decided']);
  });

  it('may be approved for another time and another Scope than asked', async () => {
    const request = await ask(stack, 'member2', { resource: AWS_PRODUCTION, duration_seconds: null });
    const seen = await (await stack.api('admin2')).get(`/v1/access-requests/${request.id}`);
    expect(seen.body.suggested_scopes.map((scope: { id: string }) => scope.id)).toContain('production');

    const { grant, request: approved } = await approve(stack, 'admin2', request.id, {
      scope_id: 'production',
      duration_seconds: 7_200,
      note: 'Two hours are enough.',
    });
    expect(grant).toMatchObject({ kind: 'scope', scope: { id: 'production' }, state: 'active' });
    expect(approved.given).toMatchObject({ kind: 'scope', duration_seconds: 7_200 });
    expect(approved.given.modifications.toSorted()).toEqual(['duration_seconds', 'entitlement']);
    await waitUntilInEffect(stack, 'member2', request.id);
    expect((await (await stack.proxy('member2')).get('/targets/billing-db/echo')).status).toBe(200);
  });

  it('may be denied, with a reason that the requester is told', async () => {
    const request = await ask(stack, 'viewer', { resource: AWS_PRODUCTION, duration_seconds: 60 });
    const denied = await (
      await stack.api('owner')
    ).post(`/v1/access-requests/${request.id}/deny`, {
      reason: 'Use staging.',
    });
    expect([denied.status, denied.body.request.status]).toEqual([200, 'denied']);
    const notice = await waitForNotification(stack, 'viewer', /was denied$/);
    expect(notice.body).toBe('Reason: Use staging.');
    expect((await (await stack.proxy('viewer')).get(`${PRODUCTION}/echo`)).status).toBe(403);
  });

  it('may be for a Role, which is raised for the time', async () => {
    const request = await ask(stack, 'viewer', { role: 'member', duration_seconds: 3_600 });
    await approve(stack, 'owner', request.id);
    const me = await (await stack.api('viewer')).get('/v1/me');
    expect([me.body.base_role, me.body.role]).toEqual(['viewer', 'member']);
  });

  it('can be taken back, and then nobody can approve it', async () => {
    const request = await ask(stack, 'viewer', {
      resource: { type: 'target', id: 'billing-db' },
      duration_seconds: 60,
    });
    const cancelled = await (await stack.api('viewer')).post(`/v1/access-requests/${request.id}/cancel`, {});
    expect([cancelled.status, cancelled.body.request.status]).toEqual([200, 'cancelled']);
    const late = await (await stack.api('admin')).post(`/v1/access-requests/${request.id}/approve`, {});
    expect([late.status, late.body.code]).toEqual([409, 'already-decided']);
  });

  it('for what is hidden is answered as for what is not there', async () => {
    const api = await stack.api('member');
    const post = (id: string) =>
      api.post('/v1/access-requests', {
        resource: { type: 'connection', id },
        reason: 'Curious.',
        duration_seconds: 60,
      });
    const [hidden, unknown] = [await post('payroll'), await post('nothing')];
    expect([hidden.status, hidden.body.code]).toEqual([unknown.status, unknown.body.code]);
    expect(hidden.status).toBe(404);
  });
});
