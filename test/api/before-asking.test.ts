import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { clearAccess } from '../support/clear-access.ts';
import { requestClient } from '../support/request-client.ts';
import { PROFILES } from '../support/test-services.ts';

describe.each(PROFILES)('before it is asked, %s', (profile) => {
  let api: TestAdminApi;
  let client: ReturnType<typeof requestClient>;
  beforeAll(async () => {
    api = await startAdminApi(profile);
    client = requestClient(api);
  });
  afterAll(() => api.stop());
  beforeEach(() => clearAccess(api));

  it('says who is asked, stage by stage', async () => {
    const resource = await client.connection('vault', {
      stages: [
        { name: 'Security', reviewer_people: ['Admin@Example.com', 'gone@example.com'] },
        { name: 'Board', reviewer_roles: ['owner'] },
      ],
      max_duration_seconds: 86_400,
      break_glass: true,
    });
    const seen = await client.preview({ resource, duration_seconds: 60 });
    expect(seen.status).toBe(200);
    expect(seen.body).toMatchObject({
      requestable: true,
      approvals_required: 2,
      reviewer_count: 2,
      auto_approve: false,
      max_duration_seconds: 86_400,
      break_glass: { allowed: true, max_duration_seconds: 3600 },
      reason_prompt: null,
      reason_pattern: null,
      has_already: null,
      pending_request_id: null,
      stages: [
        { name: 'Security', reviewer_count: 1, reviewers: { people: [{ id: api.idOf('admin') }] } },
        { name: 'Board', reviewer_count: 1 },
      ],
    });
    const asked = await client.ask({ resource, duration_seconds: 60 });
    expect(asked.body.stages.map((stage: { name: string }) => stage.name)).toEqual(['Security', 'Board']);
    expect(asked.body.stages[0].reviewers.people).toMatchObject([{ id: api.idOf('admin') }]);
    expect((await client.preview({ resource })).body.pending_request_id).toBe(asked.body.id);
    expect((await client.preview({ resource }, 'member2')).body.pending_request_id).toBeNull();
  });

  it('says that nobody could approve it, and where', async () => {
    const both = { reviewer_people: ['admin@example.com'] };
    const resource = await client.connection('stuck', {
      stages: [
        { name: 'First', ...both },
        { name: 'Second', ...both },
      ],
    });
    const seen = await client.preview({ resource });
    expect(seen.body).toMatchObject({ requestable: false, reviewer_count: 1 });
    expect(seen.body.reasons.at(-1)).toContain('at the stage "Second"');
    const refused = await client.ask({ resource });
    expect([refused.status, refused.body.code, refused.body.stage]).toEqual([422, 'no-reviewer', 'Second']);
    const nobody = await client.connection('nobody', { reviewer_people: ['member2@example.com'] });
    expect((await client.ask({ resource: nobody })).body).toMatchObject({ code: 'no-reviewer', reviewers: 0 });
  });

  it('counts the owners of the Scopes around it, Admins as they are', async () => {
    await api.as('owner').send('PUT', '/v1/scopes/crown', {
      body: JSON.stringify({
        name: 'Crown',
        rules: [{ level: 'connection', id: 'jewels' }],
        owners: [api.idOf('admin2'), api.idOf('member2')],
      }),
      headers: { 'content-type': 'application/json' },
    });
    const resource = await client.connection('jewels', { scope_owners: true }, { environment: null });
    const seen = await client.preview({ resource });
    expect(seen.body).toMatchObject({ requestable: true, reviewer_count: 1, stages: [{ reviewer_count: 1 }] });
  });

  it('holds no form against a reason that is not written yet', async () => {
    const resource = await client.connection('ticketed', {
      reason_prompt: 'Ticket and what for',
      reason_pattern: '^INC-[0-9]+ ',
      reason_example: 'INC-7 payments are down',
      auto_approve: true,
      max_duration_seconds: 3600,
    });
    for (const body of [{}, { reason: '' }, { reason: '  ' }, { reason: 'INC-8 look' }]) {
      const seen = await client.preview({ resource, ...body });
      expect(seen.body).toMatchObject({
        requestable: true,
        auto_approve: true,
        reason_prompt: 'Ticket and what for',
        reason_pattern: { pattern: '^INC-[0-9]+ ', example: 'INC-7 payments are down' },
      });
    }
    const typed = await client.preview({ resource, reason: 'please' });
    expect(typed.body).toMatchObject({ requestable: false, auto_approve: false });
    const refused = await client.ask({ resource, reason: 'please', duration_seconds: 60 });
    expect([refused.status, refused.body.code]).toEqual([422, 'not-requestable']);
    expect(refused.body.detail).toContain('INC-7 payments are down');
    // By itself up to the ceiling only.
    expect((await client.preview({ resource, duration_seconds: 3601 })).body.auto_approve).toBe(false);
    expect((await client.ask({ resource, reason: 'INC-9 look', duration_seconds: 60 })).body.status).toBe('approved');
  });

  it('shows what one has, and what more of it would meet', async () => {
    const asked = await client.ask({ duration_seconds: 600 });
    const { grant } = (await client.approve(asked.body.id)).body;
    const seen = await client.preview({ duration_seconds: 60 });
    expect(seen.body.has_already).toMatchObject({ id: grant.id, can_extend: true });
    const more = await client.preview({ extends_grant_id: grant.id, duration_seconds: 600 });
    expect(more.body).toMatchObject({ requestable: true, has_already: null });
    expect((await client.preview({ extends_grant_id: grant.id }, 'member2')).status).toBe(404);
  });

  it('leaves nothing behind', async () => {
    const count = async () => (await api.running.parts.knex('audit_entries').count()) as unknown;
    const before = await count();
    await client.preview();
    await api.as('member').get('/v1/requestables');
    expect(await count()).toEqual(before);
  });

  it('finds what one may know of and ask for, and nothing else', async () => {
    await client.connection('payroll-copy', {}, { discoverable: 'name', description: 'Salaries.' });
    await api.as('owner').send('PUT', '/v1/scopes/pay', {
      body: JSON.stringify({ name: 'Pay', rules: [{ level: 'connection', id: 'payroll' }] }),
      headers: { 'content-type': 'application/json' },
    });
    const find = async (who: string, q: string) => (await api.as(who).get(`/v1/requestables?q=${q}`)).body.items;
    expect(await find('member', 'PAY')).toEqual([
      {
        kind: 'resource',
        resource: { type: 'connection', id: 'payroll-copy' },
        scope: null,
        role: null,
        name: 'payroll-copy',
        description: '',
        environment: null,
        requestable: true,
      },
    ]);
    const ids = (await find('admin', 'pay')).map(
      (item: { resource: { id: string } | null; scope: { id: string } | null }) =>
        item.resource === null ? `scope:${item.scope?.id}` : item.resource.id,
    );
    expect(ids).toEqual(['payroll', 'payroll-copy', 'scope:pay']);
    const roles = async (who: string) =>
      (await find(who, ''))
        .filter((item: { kind: string }) => item.kind === 'role')
        .map((item: { role: string }) => item.role);
    expect([await roles('viewer'), await roles('member'), await roles('admin')]).toEqual([
      ['member', 'admin'],
      ['admin'],
      [],
    ]);
    for (let number = 0; number < 60; number += 1) await client.connection(`many-${number}`, {});
    const all: { kind: string }[] = await find('member', '');
    expect(all).toHaveLength(50);
    expect(new Set(all.map((item) => item.kind))).toEqual(new Set(['resource', 'scope', 'role']));
    await client.connection('frozen', { approvals_required: 'many' });
    expect(await find('member', 'frozen')).toMatchObject([{ requestable: false }]);
  });
});
