import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startChild } from '../support/child-process.ts';
import { startStack, type Stack } from '../support/quickstart-stack.ts';
import { PROFILES } from '../support/test-services.ts';
import { approve, ask, auditOf, AWS_PRODUCTION, PRODUCTION, waitForAudit } from './access-loop.ts';

// Journey 7: the audit tells it all in order, and can be proven.
describe.each(PROFILES)('the audit log, %s', (profile) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack(profile);
  }, 120_000);
  afterAll(() => stack?.stop());

  async function verify(): Promise<{ code: unknown; output: string }> {
    const child = startChild('admin-api/verify-audit.ts', [], { DATABASE_URL: stack.databaseUrl });
    return { code: await child.ended, output: child.output() };
  }

  it('tells the story of a request in order, asked-for beside granted', async () => {
    const denied = await (await stack.proxy('member')).get(`${PRODUCTION}/echo`);
    const request = await ask(stack, 'member', {
      resource: AWS_PRODUCTION,
      reason: 'Ticket 7.',
      duration_seconds: 86_400,
      binding_token: denied.body.access_request.binding_token,
    });
    await approve(stack, 'admin', request.id, { duration_seconds: 1, note: 'A second will do.' });
    await waitForAudit(stack, 'grant.expired', `&request_id=${request.id}`);

    const story = await auditOf(stack, `&request_id=${request.id}`);
    const types = story.map((event) => event.type);
    expect(types.filter((type) => type !== 'grant.expiry-warned')).toEqual([
      'access-request.submitted',
      'access-request.approved',
      'grant.created',
      'grant.expired',
    ]);
    const decided = story.find((event) => event.type === 'access-request.approved');
    expect(decided).toMatchObject({
      actor: { email: 'admin@example.com' },
      subject: { email: 'member@example.com' },
      evaluation_id: denied.body.evaluation_id,
      details: {
        asked: { entitlement: { kind: 'resource', resource: AWS_PRODUCTION }, duration_seconds: 86_400 },
        given: { entitlement: { kind: 'resource', resource: AWS_PRODUCTION }, duration_seconds: 1 },
        modifications: ['duration_seconds'],
      },
    });
    for (const [index, event] of story.entries()) {
      if (index > 0) expect(event.sequence).toBeGreaterThan(story[index - 1].sequence);
    }
  });

  it('is read by Admins and the Owner only', async () => {
    for (const [name, status] of [
      ['owner', 200],
      ['admin', 200],
      ['member', 403],
      ['viewer', 403],
    ] as const) {
      const answer = await (await stack.api(name)).get('/v1/audit-events');
      expect([name, answer.status]).toEqual([name, status]);
    }
  });

  it('is proven by the verifier, who names the first entry that was doctored', async () => {
    const sound = await verify();
    expect(sound).toEqual({ code: 0, output: expect.stringContaining('The audit log is sound') });

    const event = (await auditOf(stack)).find(({ type }) => type === 'access-request.approved');
    const client = new Client({ connectionString: stack.databaseUrl });
    await client.connect();
    try {
      const doctor = "update audit_entries set summary = 'Nothing happened.' where sequence = $1";
      await expect(client.query(doctor, [event.sequence])).rejects.toThrow(/The audit log only grows/);
      await client.query('alter table audit_entries disable trigger all');
      await client.query(doctor, [event.sequence]);
    } finally {
      await client.end();
    }
    const broken = await verify();
    expect(broken.code).toBe(1);
    expect(broken.output).toContain(`broken at entry ${event.sequence}`);
  });
});
