import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AWS_PRODUCTION, obtain, PRODUCTION } from '../journeys/access-loop.ts';
import { openEventStream, openWebSocket } from '../support/live-connection.ts';
import { startPostgresServer } from '../support/postgres-server.ts';
import { startStack, type Stack } from '../support/quickstart-stack.ts';
import { startRedisServer } from '../support/redis-server.ts';
import { isAlive, pidOfRoot } from '../support/stack-children.ts';
import { waitUntil } from '../support/wait-until.ts';

// Law 2: time is checked at the decision, never by a job.
describe('with the worker, Redis and the database stopped', () => {
  let database: Awaited<ReturnType<typeof startPostgresServer>>;
  let redis: Awaited<ReturnType<typeof startRedisServer>>;
  let stack: Stack;
  const stopped: number[] = [];

  beforeAll(async () => {
    [database, redis] = await Promise.all([startPostgresServer(), startRedisServer()]);
    stack = await startStack('embedded', { DATABASE_URL: database.url, REDIS_URL: redis.url });
  }, 120_000);
  afterAll(async () => {
    for (const pid of stopped) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    await stack?.stop();
    await Promise.all([database?.stop(), redis?.stop()]);
  }, 60_000);

  it('an expired grant is refused and what rode on it is cut, at its time', async () => {
    const grant = await obtain(stack, 'member', { resource: AWS_PRODUCTION, duration_seconds: 8 });
    const expiresAtMs = new Date(grant.expires_at).getTime();
    const token = await stack.tokenOf('member');
    const proxy = await stack.proxy('member');
    const live = await Promise.all([
      openWebSocket(`${stack.urls.proxy}${PRODUCTION}/ws`, token),
      openEventStream(`${stack.urls.proxy}${PRODUCTION}/events`, token),
    ]);

    const worker = pidOfRoot(stack, 'admin-api/worker.ts')!;
    process.kill(worker, 'SIGSTOP');
    stopped.push(worker);
    await Promise.all([database.stop(), redis.stop()]);
    // All of it is gone before the end, or this would show nothing.
    expect(Date.now()).toBeLessThan(expiresAtMs);
    expect((await proxy.get(`${PRODUCTION}/echo`)).status).toBe(200);

    const ends = await Promise.all(live.map((connection) => connection.closed));
    for (const end of ends) expect(end.atMs).toBeGreaterThanOrEqual(expiresAtMs);
    const refused = await proxy.get(`${PRODUCTION}/echo`);
    expect([refused.status, refused.body.reason]).toEqual([403, 'no-grant']);
    // What needs no grant of that kind still passes: nothing fell over.
    expect((await proxy.get('/connections/aws-staging/echo')).status).toBe(200);
  }, 60_000);

  it('the sidecar stays alive and says that it is ready', async () => {
    expect((await fetch(`${stack.urls.proxy_ops}/livez`)).status).toBe(200);
    await waitUntil('readiness', async () => (await fetch(`${stack.urls.proxy_ops}/readyz`)).ok);
  });
});
