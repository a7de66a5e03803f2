import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openEventStream, openWebSocket } from '../support/live-connection.ts';
import { startStack, type Stack } from '../support/quickstart-stack.ts';
import { PROFILES } from '../support/test-services.ts';
import { waitUntil } from '../support/wait-until.ts';
import { approve, ask, auditOf, AWS_PRODUCTION, obtain, PRODUCTION, waitForAudit } from './access-loop.ts';

// Journey 6: access that is given for later, and access that lasts longer than it was given for.
describe.each(PROFILES)('time, %s', (profile) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack(profile);
  }, 120_000);
  afterAll(() => stack?.stop());

  async function status(name: string): Promise<number> {
    return (await (await stack.proxy(name)).get(`${PRODUCTION}/echo`)).status;
  }

  it('access that is given for later begins by itself, and not before', async () => {
    const startsAt = Date.now() + 3_000;
    const request = await ask(stack, 'viewer', {
      resource: AWS_PRODUCTION,
      starts_at: new Date(startsAt).toISOString(),
      duration_seconds: 3_600,
    });
    const { grant } = await approve(stack, 'admin', request.id);
    expect([grant.state, grant.starts_at]).toEqual(['scheduled', new Date(startsAt).toISOString()]);
    const api = await stack.api('viewer');
    const inEffect = async () => (await api.get(`/v1/access-requests/${request.id}`)).body.in_effect;
    expect([await inEffect(), await status('viewer')]).toEqual([false, 403]);
    await waitUntil('access', async () => (await status('viewer')) === 200);
    expect(Date.now()).toBeGreaterThanOrEqual(startsAt);
    expect(await inEffect()).toBe(true);
    // Nobody had to say anything when its time came.
    const story = (await auditOf(stack, `&request_id=${request.id}`)).map((event) => event.type);
    expect(story.filter((type) => type !== 'grant.first-used')).toEqual([
      'access-request.submitted',
      'access-request.approved',
      'grant.created',
    ]);
  });

  it('more time leaves open what is open, until the new end, which is recorded on time', async () => {
    const grant = await obtain(stack, 'member', { resource: AWS_PRODUCTION, duration_seconds: 4 });
    const token = await stack.tokenOf('member');
    const connections = await Promise.all([
      openWebSocket(`${stack.urls.proxy}${PRODUCTION}/ws`, token),
      openEventStream(`${stack.urls.proxy}${PRODUCTION}/events`, token),
    ]);
    const asked = await ask(stack, 'member', { extends_grant_id: grant.id, duration_seconds: 4 });
    const extended = (await approve(stack, 'admin', asked.id)).grant;
    const [firstEnd, newEnd] = [Date.parse(grant.expires_at), Date.parse(extended.expires_at)];
    expect([extended.id, newEnd - firstEnd]).toEqual([grant.id, 4_000]);

    await waitUntil('the first end to be over', () => Date.now() > firstEnd + 200);
    expect(connections.map((connection) => connection.isOpen())).toEqual([true, true]);
    expect(await status('member')).toBe(200);
    const ends = await Promise.all(connections.map((connection) => connection.closed));
    for (const end of ends) expect(end.atMs).toBeGreaterThanOrEqual(newEnd);
    expect(await status('member')).toBe(403);
    const expired = await waitForAudit(stack, 'grant.expired', `&grant_id=${grant.id}`);
    expect(expired.details.ended_at).toBe(extended.expires_at);
  });
});
