import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { ask, AWS_PRODUCTION } from '../journeys/access-loop.ts';
import { startStack, type Stack } from '../support/quickstart-stack.ts';
import { pidOfRoot } from '../support/stack-children.ts';
import { PROFILES } from '../support/test-services.ts';
import { waitUntil } from '../support/wait-until.ts';

const WORKER = 'admin-api/worker.ts';
const DENIALS = 30;
const KILLS = 3;

// Laws 5 and 6: what was committed is told, whatever dies on the way, and told once.
describe.each(PROFILES)('a worker that is killed again and again, %s', (profile) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack(profile, { HALLPASS_SWEEP_INTERVAL_MS: '200', HALLPASS_OUTBOX_REDELIVER_MS: '1000' });
  }, 120_000);
  afterAll(() => stack?.stop());

  async function toldOf(name: string, title: RegExp): Promise<string[]> {
    const { body } = await (await stack.api(name)).get('/v1/notifications?limit=100');
    const items = body.items as { title: string; body: string }[];
    return items.filter((item) => title.test(item.title)).map((item) => item.body);
  }

  async function unhandledEvents(): Promise<number> {
    const client = new Client({ connectionString: stack.databaseUrl });
    await client.connect();
    try {
      const { rows } = await client.query('select count(*)::int as events from outbox_events where handled_at is null');
      return rows[0].events as number;
    } finally {
      await client.end();
    }
  }

  async function killWorkers(): Promise<void> {
    for (let count = 0; count < KILLS; count += 1) {
      const pid = await waitUntil('a worker', () => pidOfRoot(stack, WORKER), { timeoutMs: 30_000, everyMs: 5 });
      process.kill(pid, 'SIGKILL');
      await waitUntil('its end', () => pidOfRoot(stack, WORKER) !== pid);
    }
  }

  it('tells everybody of everything exactly once', async () => {
    // First one that is there and does nothing: everything is committed, nothing handed over, and then it dies.
    const idle = pidOfRoot(stack, WORKER)!;
    process.kill(idle, 'SIGSTOP');
    let killing = Promise.resolve();
    const owner = await stack.api('owner');
    const expected: string[] = [];
    for (let number = 0; number < DENIALS; number += 1) {
      if (number === DENIALS / 2) {
        expect(await unhandledEvents()).toBeGreaterThanOrEqual(DENIALS / 2);
        killing = killWorkers();
      }
      const request = await ask(stack, 'member', { resource: AWS_PRODUCTION, duration_seconds: 60 });
      const denied = await owner.post(`/v1/access-requests/${request.id}/deny`, { reason: `number ${number}` });
      expect(denied.status).toBe(200);
      expected.push(`Reason: number ${number}`);
    }
    // One that stays pending, so that the reviewers are told as well.
    await ask(stack, 'member2', { resource: AWS_PRODUCTION, duration_seconds: 60, reason: 'The last one.' });
    await killing;

    await waitUntil(
      'the member to be told of every denial',
      async () => (await toldOf('member', /was denied$/)).length >= DENIALS,
      { timeoutMs: 60_000, everyMs: 200 },
    );
    const reviewers = ['admin', 'admin2', 'owner'];
    const lastOnes = () => Promise.all(reviewers.map((name) => toldOf(name, /^Max Member asks for/)));
    await waitUntil('the reviewers to be told', async () => (await lastOnes()).every((told) => told.length > 0), {
      timeoutMs: 60_000,
    });
    // A second delivery would have come by then: nothing is left to be handled, and whatever was handed over twice is done.
    await waitUntil('the outbox to be worked off', async () => (await unhandledEvents()) === 0, { timeoutMs: 60_000 });
    expect((await toldOf('member', /was denied$/)).toSorted()).toEqual(expected.toSorted());
    expect((await lastOnes()).map((told) => told.length)).toEqual([1, 1, 1]);
  }, 180_000);
});
