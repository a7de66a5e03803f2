import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { runAdminApi, type RunningAdminApi } from '../../admin-api/run-admin-api.ts';
import { startSession } from '../../admin-api/sessions/start-session.ts';
import { createLogger } from '../../core/process/logger.ts';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import { readLive, type LiveReader } from '../support/live-reader.ts';
import { waitUntil } from '../support/wait-until.ts';

const ASK = { resource: { type: 'connection', id: 'aws-production' }, reason: 'live', duration_seconds: 3_600 };

describe.each(['embedded', 'server'] as const)('hints to open pages, %s', (profile) => {
  let api: TestAdminApi;
  /** A second process on the same database: what is committed in one is told by the other. */
  let replica: RunningAdminApi;
  let replicaUrl: string;
  const readers: LiveReader[] = [];
  beforeAll(async () => {
    api = await startAdminApi(profile, {
      HALLPASS_LIVE_HEARTBEAT_MS: '100',
      HALLPASS_LIVE_POLL_MS: '60000',
      HALLPASS_LIVE_STREAMS: '8',
      HALLPASS_LIVE_STREAMS_PER_PERSON: '2',
    });
    replica = await runAdminApi({ ...api.config, port: 0 }, createLogger('test', 'silent'), null);
    replicaUrl = `http://127.0.0.1:${replica.port}`;
  });
  afterEach(async () => {
    for (const reader of readers.splice(0)) reader.close();
    await waitUntil('streams to be closed', () => api.running.parts.live.size + replica.parts.live.size === 0);
  });
  afterAll(async () => {
    await replica.stop();
    await api.stop();
  });

  const open = async (url: string, headers: Record<string, string>): Promise<LiveReader> => {
    const reader = await readLive(url, headers);
    readers.push(reader);
    return reader;
  };
  const as = async (who: string, url = replicaUrl) => open(url, { authorization: `Bearer ${await api.tokenOf(who)}` });
  const bySession = async (who: string) => {
    const { knex, config } = { knex: api.running.parts.knex, config: api.config };
    const session = { person_id: api.idOf(who), user_agent: null };
    const { token, id } = await startSession(knex, session, config.sessions, Date.now());
    return { id, reader: await open(replicaUrl, { cookie: `hallpass_session=${token}` }) };
  };
  const ask = async (who: string, changes: object = {}): Promise<string> => {
    const asked = await api.as(who).post('/v1/access-requests', { ...ASK, ...changes });
    expect(asked.status).toBe(201);
    return asked.body.id as string;
  };

  it('are events that nothing holds back, with signs of life between them', async () => {
    const reader = await as('viewer');
    expect(reader.status).toBe(200);
    expect(Object.fromEntries(reader.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    expect(reader.headers.has('content-encoding')).toBe(false);
    const head = await fetch(`${replicaUrl}/v1/stream`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${await api.tokenOf('viewer')}` },
    });
    expect(head.status).toBe(200);
    expect(replica.parts.live.size).toBe(1);
    await waitUntil('two signs of life', () => reader.text().split(': still here').length > 2);
  });

  it('go over processes to the requester and to every Admin, and to nobody else', async () => {
    const [requester, other, admin, owner] = [
      await as('member'),
      await as('member2'),
      await as('admin'),
      await as('owner'),
    ];
    const id = await ask('member');
    for (const reader of [requester, admin, owner]) await reader.waitFor('access-requests', id);
    const approved = await api.as('admin2').post(`/v1/access-requests/${id}/approve`, {});
    for (const reader of [requester, admin, owner]) await reader.waitFor('grants', approved.body.grant.id);
    // Whatever was going to reach the bystander has been passed by something that does.
    const own = await ask('member2', { resource: { type: 'target', id: 'billing-db' } });
    await other.waitFor('access-requests', own);
    expect(other.hints().every((hint) => hint.id === own)).toBe(true);
    expect(requester.text()).not.toContain(own);
    await api.as('admin').post(`/v1/grants/${approved.body.grant.id}/revoke`, {});
    await waitUntil(
      'the end of the grant',
      () => requester.hints().filter(({ topic }) => topic === 'grants').length > 1,
    );
    expect(requester.text()).not.toMatch(/live|aws/);
  });

  it('of notifications come when the worker has written them', async () => {
    const reader = await as('viewer');
    const worker = await api.startWorker();
    await api.as('owner').post('/v1/grants', {
      subject_id: api.idOf('viewer'),
      scope_id: 'production',
      duration_seconds: 3_600,
    });
    await reader.waitFor('notifications', null);
    await worker.stop();
  });

  it('come once, in the order of commits, also from a transaction that others overtook', async () => {
    const reader = await as('member2');
    const grantOf = async () =>
      (
        await api.as('owner').post('/v1/grants', {
          subject_id: api.idOf('member2'),
          resource: { type: 'connection', id: 'aws-production' },
          duration_seconds: 60,
        })
      ).body.grant.id as string;
    let release!: () => void;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = await grantOf();
    await reader.waitFor('grants', slow);
    const before = reader.hints().length;
    let written!: () => void;
    const isWritten = new Promise<void>((resolve) => {
      written = resolve;
    });
    const late = api.running.parts.knex.transaction(async (trx) => {
      await trx('outbox_events').insert({
        id: `evt_${crypto.randomUUID()}`,
        type: 'grant.extended',
        payload: JSON.stringify({ grant_id: slow }),
        created_at: new Date(),
      });
      written();
      await held;
    });
    await isWritten;
    const quick = await grantOf();
    await reader.waitFor('grants', quick);
    expect(reader.hints().slice(before)).toEqual([{ topic: 'grants', id: quick }]);
    release();
    await late;
    // Nobody was woken for it: the poll's turn.
    await replica.parts.live.check();
    await waitUntil('the late one', () => reader.hints().length === before + 2);
    expect(reader.hints().slice(before)).toEqual([
      { topic: 'grants', id: quick },
      { topic: 'grants', id: slow },
    ]);
  });

  it('end with the session, with the person, and with the token', async () => {
    const session = await bySession('viewer');
    expect(session.reader.status).toBe(200);
    await api.running.parts.knex('sessions').where({ id: session.id }).update({ ended_at: new Date() });
    api.running.parts.wake.send('live');
    await waitUntil('the end', () => session.reader.ended());

    const person = await as('viewer');
    const viewer = api.as('owner').send('PATCH', `/v1/people/${api.idOf('viewer')}`, {
      body: JSON.stringify({ disabled: true }),
      headers: { 'content-type': 'application/json' },
    });
    expect((await viewer).status).toBe(200);
    await waitUntil('the end', () => person.ended());

    const token = await api.tokenOf('member', { exp: Math.floor(Date.now() / 1000) + 2 });
    const short = await open(replicaUrl, { authorization: `Bearer ${token}` });
    expect(short.status).toBe(200);
    await waitUntil('the end', () => short.ended());
  });

  it('need somebody who is signed in', async () => {
    const nobody = await open(replicaUrl, {});
    expect([nobody.status, nobody.headers.get('content-type')]).toEqual([
      401,
      'application/problem+json; charset=utf-8',
    ]);
  });

  it('are bounded for one person and for all, and say when to try again', async () => {
    const first = await as('member');
    await as('member');
    const third = await as('member');
    await waitUntil('the refusal', () => third.text() !== '');
    expect([third.status, third.headers.get('retry-after'), JSON.parse(third.text())]).toEqual([
      429,
      '15',
      expect.objectContaining({ code: 'too-many-streams', limit: 2 }),
    ]);
    first.close();
    await waitUntil('room', () => replica.parts.live.size === 1);
    expect((await as('member')).status).toBe(200);
    for (const who of ['member2', 'admin', 'admin2']) for (const _ of [1, 2]) expect((await as(who)).status).toBe(200);
    const ninth = await as('owner');
    expect([ninth.status, ninth.headers.get('retry-after')]).toEqual([503, '15']);
    expect(replica.parts.live.refused).toBe(2);
  });

  it('end cleanly when the process stops', async () => {
    const passing = await runAdminApi({ ...api.config, port: 0 }, createLogger('test', 'silent'), null);
    const reader = await as('owner', `http://127.0.0.1:${passing.port}`);
    expect(reader.status).toBe(200);
    await passing.stop();
    await waitUntil('the end', () => reader.ended());
  });
});
