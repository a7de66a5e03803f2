import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appendFeedChange } from '../../admin-api/feed/append-feed-change.ts';
import { beginFeedEpoch } from '../../admin-api/feed/begin-feed-epoch.ts';
import { readFeedHead } from '../../admin-api/feed/read-snapshot.ts';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { openFeed, type FeedReader } from '../support/feed-reader.ts';
import { waitUntil } from '../support/wait-until.ts';

const PRODUCTION = { type: 'connection', id: 'aws-production' } as const;

describe('the feed', () => {
  let api: TestAdminApi;
  const readers: FeedReader[] = [];
  const open = async (...args: Parameters<typeof openFeed> extends [string, ...infer Rest] ? Rest : never) => {
    const reader = await openFeed(api.url, ...args);
    readers.push(reader);
    return reader;
  };
  beforeAll(async () => {
    api = await startAdminApi();
  });
  afterAll(async () => {
    for (const reader of readers) reader.close();
    await api.stop();
  });

  const giveAndTake = async () => {
    const given = await api.as('admin').post('/v1/grants', {
      subject_id: api.idOf('member'),
      resource: PRODUCTION,
      duration_seconds: 3600,
    });
    expect(given.status).toBe(201);
    return given.body.grant.id as string;
  };

  it('starts with a snapshot of everything and goes on with each change', async () => {
    const reader = await open(await api.feedToken());
    await reader.until((state) => state.facts !== null);
    expect(reader.state().facts?.counts).toEqual({ subjects: 6, resources: 5, scopes: 2, grants: 2 });
    const grantId = await giveAndTake();
    await reader.until((state) => state.facts?.grant(grantId) !== undefined);
    const revoked = await api.as('admin').post(`/v1/grants/${grantId}/revoke`, {});
    await reader.until((state) => state.revision >= revoked.body.feed_revision);
    expect(reader.state().facts?.grant(grantId)).toBeUndefined();
    expect(reader.resync).toBeNull();
  });

  it('goes on from where a sidecar stopped, and gives a snapshot to whoever names another history', async () => {
    const token = await api.feedToken();
    const first = await open(token);
    await first.until((state) => state.facts !== null);
    const { epoch, revision, mark } = first.state();
    first.close();
    await giveAndTake();
    const tail = await open(token, { epoch: epoch as string, revision, mark });
    await waitUntil('the feed', async () => tail.messages.some((message) => message.type === 'change'));
    expect(tail.messages[0]).toMatchObject({ type: 'hello', mode: 'tail' });
    expect(tail.messages[1]).toMatchObject({ type: 'change', revision: revision + 1, after: mark });
    const other = await open(token, { epoch: 'another', revision, mark });
    await waitUntil('the feed', async () => other.messages.some((message) => message.type === 'snapshot-end'));
    expect(other.messages[0]).toMatchObject({ type: 'hello', mode: 'snapshot' });
  });

  it('gives a snapshot to whoever stands at a revision of another history of the same epoch, and says so', async () => {
    const token = await api.feedToken();
    const first = await open(token);
    await first.until((state) => state.facts !== null);
    const { epoch, revision } = first.state();
    for (const position of [
      { revision, mark: 'of-a-backup' },
      { revision: revision - 1, mark: 'of-a-backup' },
      { revision: revision + 1, mark: 'of-a-backup' },
    ]) {
      const reader = await open(token, { epoch: epoch as string, ...position });
      await waitUntil('the feed', async () => reader.messages.length > 0);
      expect(reader.messages[0]).toMatchObject({ type: 'hello', mode: 'snapshot' });
    }
  });

  it('ends every stream when its history is another one all of a sudden: a backup was restored under it', async () => {
    const { knex, hub } = api.running.parts;
    const token = await api.feedToken();
    for (const restore of [
      // At the same revision, behind it, and far beyond it, by a history of its own; and under a new epoch.
      () => knex('feed_head').update({ mark: 'restored' }),
      async () => {
        const { revision } = await readFeedHead(knex);
        await knex('feed_changes').where({ revision }).delete();
        await knex('feed_head').update({ revision: revision - 1, mark: 'restored before' });
      },
      async () => {
        await knex('feed_changes').delete();
        await knex('feed_head').update({ mark: 'restored again' });
        for (let index = 0; index < 3; index += 1) await knex.transaction((trx) => appendFeedChange(trx, []));
      },
      () => knex.transaction((trx) => beginFeedEpoch(trx)),
    ]) {
      const reader = await open(token);
      await reader.until((state) => state.facts !== null);
      await restore();
      await hub.wake();
      await waitUntil('the end of the stream', () => reader.ended);
      const after = await open(token);
      await after.until((state) => state.facts !== null);
      const { epoch, revision, mark } = after.state();
      expect({ epoch, revision, mark }).toEqual(await readFeedHead(knex));
    }
  });

  it('confirms nothing as of a time at which it could not read its database', async () => {
    const reader = await open(await api.feedToken());
    await reader.until((state) => state.facts !== null);
    const beats = () => reader.messages.filter((message) => message.type === 'heartbeat');
    const trx = await api.running.parts.knex.transaction();
    await trx.raw('LOCK TABLE feed_changes IN ACCESS EXCLUSIVE MODE');
    const lockedMs = Date.now();
    const until = beats().length + 12;
    await waitUntil('heartbeats meanwhile', () => beats().length >= until);
    const last = beats().at(-1)!;
    expect(last.server_time).toBeGreaterThan(lockedMs + 1_000);
    expect(last.as_of).toBeLessThanOrEqual(lockedMs);
    await trx.rollback();
    await waitUntil('another confirmation', () => beats().at(-1)!.as_of > lockedMs);
  });

  it('beats its heart with the revision of what was sent', async () => {
    const reader = await open(await api.feedToken());
    await waitUntil(
      'the feed',
      async () => reader.messages.filter((message) => message.type === 'heartbeat').length >= 3,
    );
    const last = reader.messages.at(-1);
    expect(last).toMatchObject({ type: 'heartbeat', revision: reader.state().revision });
  });

  it('never skips a late committer: revisions follow commits, not starts', async () => {
    const reader = await open(await api.feedToken());
    await reader.until((state) => state.facts !== null);
    const { knex, hub } = api.running.parts;
    const from = reader.state().revision;
    // The first transaction takes its revision and dawdles; the second must wait for it, whatever order they began in.
    const slow = await knex.transaction();
    const slowRevision = await appendFeedChange(slow, []);
    let quickDone = false;
    const quick = knex
      .transaction(async (trx) => {
        await trx('people').first();
        return appendFeedChange(trx, []);
      })
      .then((revision) => {
        quickDone = true;
        return revision;
      });
    await waitUntil('the feed', async () => {
      const { rows } = await knex.raw(
        `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%feed_head%'`,
      );
      return rows.length > 0;
    });
    await hub.wake();
    expect(quickDone).toBe(false);
    expect(hub.head.revision).toBe(from);
    await slow.commit();
    const quickRevision = await quick;
    await hub.wake();
    expect([slowRevision, quickRevision]).toEqual([from + 1, from + 2]);
    await reader.until((state) => state.revision === quickRevision);
    expect(reader.resync).toBeNull();
  });

  it('leaves no gap when a transaction is rolled back', async () => {
    const reader = await open(await api.feedToken());
    await reader.until((state) => state.facts !== null);
    const from = reader.state().revision;
    const trx = await api.running.parts.knex.transaction();
    await appendFeedChange(trx, []);
    await trx.rollback();
    const grantId = await giveAndTake();
    await reader.until((state) => state.facts?.grant(grantId) !== undefined);
    expect(reader.state().revision).toBe(from + 1);
  });

  it('shows a sidecar what it serves, and no other resource or grant of one', async () => {
    const token = await api.feedToken(['connection:aws-staging']);
    const reader = await open(token, { resources: ['connection:aws-staging'] });
    await reader.until((state) => state.facts !== null);
    const grantId = await giveAndTake();
    const revision = (await api.running.parts.knex('feed_head').first()).revision as number;
    await reader.until((state) => state.revision === revision);
    expect(reader.state().facts?.grant(grantId)).toBeUndefined();
    expect(reader.state().facts?.resource('feature:cost-explorer')).toBeUndefined();
    expect(JSON.stringify(reader.messages)).not.toContain(grantId);
    await expect(open(token, { resources: ['*'] })).rejects.toThrow(/may not serve/);
  });

  it('opens for the credential of a sidecar only, which opens nothing else', async () => {
    const path = '/feed/v1/stream?instance=sdc_x&resources=*';
    expect((await api.as('owner').get(path)).status).toBe(401);
    const token = await api.feedToken();
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${api.url}/v1/me`, { headers })).status).toBe(401);
    expect((await fetch(`${api.url}/v1/grants`, { headers })).status).toBe(401);
    const unregistered = await fetch(`${api.url}${path}`, { headers });
    expect(unregistered.status).toBe(404);
    const reader = await open(token);
    const thief = await fetch(`${api.url}/feed/v1/sidecars/${reader.instance}/applied`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await api.feedToken()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ epoch: 'x', revision: 1, clock_skew_ms: 1 }),
    });
    expect(thief.status).toBe(404);
  });

  it('says a request is in effect once every sidecar before the resource has applied it', async () => {
    for (const reader of readers) reader.close();
    await waitUntil('the feed', async () => {
      const connected = await api.running.parts.knex('sidecars').whereNull('disconnected_at');
      return connected.length === 0;
    });
    const reader = await open(await api.feedToken(['connection:aws-production']), {
      resources: ['connection:aws-production'],
    });
    const bystander = await open(await api.feedToken(['connection:aws-staging']), {
      resources: ['connection:aws-staging'],
    });
    await reader.until((state) => state.facts !== null);
    await bystander.until((state) => state.facts !== null);
    const asked = await api
      .as('member2')
      .post('/v1/access-requests', { resource: PRODUCTION, reason: 'r', duration_seconds: 60 });
    const approved = await api.as('admin').post(`/v1/access-requests/${asked.body.id}/approve`, {});
    expect(approved.body.request.in_effect).toBe(false);
    await reader.until((state) => state.revision >= approved.body.feed_revision);
    expect((await reader.applied()).status).toBe(204);
    const read = await api.as('member2').get(`/v1/access-requests/${asked.body.id}`);
    expect(read.body.in_effect).toBe(true);
    const sidecars = await api.as('admin').get('/v1/sidecars');
    expect(sidecars.body.items.find((item: { id: string }) => item.id === reader.instance)).toMatchObject({
      connected: true,
      applied_revision: reader.state().revision,
      clock_skew_ms: -1_500,
    });
  });
});
