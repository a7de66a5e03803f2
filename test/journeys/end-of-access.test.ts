import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openEventStream, openWebSocket, type LiveConnection } from '../support/live-connection.ts';
import { startStack, type Stack } from '../support/quickstart-stack.ts';
import { PROFILES } from '../support/test-services.ts';
import { waitUntil } from '../support/wait-until.ts';
import { AWS_PRODUCTION, obtain, PRODUCTION, waitForAudit, waitForNotification } from './access-loop.ts';

// Journey 5: the end, in its three ways.
describe.each(PROFILES)('access ends, %s', (profile) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack(profile);
  }, 120_000);
  afterAll(() => stack?.stop());

  /** A WebSocket and an event stream that have shown that they are alive. */
  async function openBoth(name: string): Promise<readonly LiveConnection[]> {
    const token = await stack.tokenOf(name);
    const connections = await Promise.all([
      openWebSocket(`${stack.urls.proxy}${PRODUCTION}/ws`, token),
      openEventStream(`${stack.urls.proxy}${PRODUCTION}/events`, token),
    ]);
    await waitUntil('both to tick', () => connections.every((connection) => connection.ticks() > 0));
    return connections;
  }

  async function status(name: string): Promise<number> {
    return (await (await stack.proxy(name)).get(`${PRODUCTION}/echo`)).status;
  }

  it('when the time is over: what is open is cut, the next request is refused, the audit says so', async () => {
    const grant = await obtain(stack, 'member', { resource: AWS_PRODUCTION, duration_seconds: 3 });
    const connections = await openBoth('member');
    expect(await status('member')).toBe(200);

    const ends = await Promise.all(connections.map((connection) => connection.closed));
    const expiresAtMs = new Date(grant.expires_at).getTime();
    for (const end of ends) expect(end.atMs).toBeGreaterThanOrEqual(expiresAtMs);
    expect(await status('member')).toBe(403);

    const event = await waitForAudit(stack, 'grant.expired', `&request_id=${grant.request_id}`);
    expect(event).toMatchObject({ grant_id: grant.id, actor: null, subject: { email: 'member@example.com' } });
    await waitForNotification(stack, 'member', /^connection:aws-production has ended$/);
  });

  it('when an Admin revokes it', async () => {
    const grant = await obtain(stack, 'member', { resource: AWS_PRODUCTION, duration_seconds: 3_600 });
    const connections = await openBoth('member');
    const revoked = await (await stack.api('admin2')).post(`/v1/grants/${grant.id}/revoke`, { reason: 'Done.' });
    expect([revoked.status, revoked.body.grant.state]).toEqual([200, 'revoked']);

    await Promise.all(connections.map((connection) => connection.closed));
    expect(await status('member')).toBe(403);
    const event = await waitForAudit(stack, 'grant.revoked', `&request_id=${grant.request_id}`);
    expect(event).toMatchObject({ grant_id: grant.id, actor: { email: 'admin2@example.com' } });
    const again = await (await stack.api('admin2')).post(`/v1/grants/${grant.id}/revoke`, {});
    expect([again.status, again.body.code]).toEqual([409, 'already-ended']);
  });

  it('when the member gives it up', async () => {
    const grant = await obtain(stack, 'member2', { resource: AWS_PRODUCTION, duration_seconds: 3_600 });
    const connections = await openBoth('member2');
    const givenUp = await (await stack.api('member2')).post(`/v1/grants/${grant.id}/revoke`, {});
    expect([givenUp.status, givenUp.body.grant.state]).toEqual([200, 'given-up']);

    await Promise.all(connections.map((connection) => connection.closed));
    expect(await status('member2')).toBe(403);
    await waitForAudit(stack, 'grant.given-up', `&request_id=${grant.request_id}`);
  });

  it('for nobody else: whoever has access by another grant goes on', async () => {
    const mine = await obtain(stack, 'member', { resource: AWS_PRODUCTION, duration_seconds: 3_600 });
    const other = await obtain(stack, 'member2', { resource: AWS_PRODUCTION, duration_seconds: 3_600 });
    const [socket] = await openBoth('member2');
    expect((await (await stack.api('admin')).post(`/v1/grants/${mine.id}/revoke`, {})).status).toBe(200);
    await waitUntil('the other one to be refused', async () => (await status('member')) === 403);
    const ticks = socket!.ticks();
    await waitUntil('more ticks', () => socket!.ticks() > ticks + 1);
    expect(socket!.isOpen()).toBe(true);

    // A member can't revoke what is not theirs.
    const foreign = await (await stack.api('member')).post(`/v1/grants/${other.id}/revoke`, {});
    expect([403, 404]).toContain(foreign.status);
    expect(socket!.isOpen()).toBe(true);
    socket!.close();
  });
});
