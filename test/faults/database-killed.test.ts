import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask, AWS_PRODUCTION, obtain, PRODUCTION, waitForAudit, waitForNotification } from '../journeys/access-loop.ts';
import { startStack, type Stack } from '../support/quickstart-stack.ts';
import { pidOfRoot } from '../support/stack-children.ts';
import { waitUntil } from '../support/wait-until.ts';

const PID_FILE = 'postgres/cluster/data-18/postmaster.pid';

describe('a database server that is killed', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack('embedded');
  }, 120_000);
  afterAll(() => stack?.stop());

  async function serverPid(): Promise<number> {
    return Number((await readFile(join(stack.dataDir, PID_FILE), 'utf8')).split('\n')[0]);
  }

  it('is missed by nobody who is let in already, and everybody goes on when it is back', async () => {
    await obtain(stack, 'member', { resource: AWS_PRODUCTION, duration_seconds: 3_600 });
    const roots = ['quickstart/admin-main.ts', 'admin-api/worker.ts', 'proxy/main.ts'];
    const before = roots.map((file) => pidOfRoot(stack, file));
    // Tokens name people that the database knows, so they are fetched as long as it is there.
    const [proxy, api] = await Promise.all([stack.proxy('member'), stack.api('member2'), stack.tokenOf('owner')]);
    const killed = await serverPid();
    process.kill(killed, 'SIGKILL');

    expect((await proxy.get(`${PRODUCTION}/echo`)).status).toBe(200);
    await waitUntil('another server', async () => (await serverPid()) !== killed);

    // The whole loop, with the worker in it: notifications and the end.
    await waitUntil('the admin API to answer', async () => (await api.get('/v1/me')).status === 200);
    const request = await ask(stack, 'member2', { resource: AWS_PRODUCTION, duration_seconds: 60 });
    await waitForNotification(stack, 'owner', /^Max Member asks for connection:aws-production$/);
    expect((await api.post(`/v1/access-requests/${request.id}/cancel`, {})).status).toBe(200);
    const grant = await obtain(stack, 'member2', { resource: AWS_PRODUCTION, duration_seconds: 1 });
    await waitForAudit(stack, 'grant.expired', `&grant_id=${grant.id}`);
    await waitForNotification(stack, 'member2', /has ended$/);
    expect(roots.map((file) => pidOfRoot(stack, file))).toEqual(before);
  }, 120_000);
});
