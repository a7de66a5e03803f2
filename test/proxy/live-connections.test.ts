import { afterEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '../support/wait-until.ts';
import { ended, grant, person, resource, scope, TEST_FACTS } from './support/facts.ts';
import { openDownload, openUpload, openWebSocket, type OpenConnection } from './support/open-connections.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

const BASE = '/connections/aws-production';
const KEY = 'connection:aws-production';

/** Law 3: what is open ends with the right to it. */
describe('live connections', () => {
  let sidecar: TestSidecar;
  let open: OpenConnection[] = [];
  afterEach(async () => {
    for (const connection of open) connection.close();
    open = [];
    await sidecar.stop();
  });

  /** A WebSocket, an event stream, a long download and a long upload of one person. */
  const openAll = async (base = BASE, name = 'member') => {
    const token = await sidecar.tokenOf(name);
    const { url, upstream } = sidecar;
    const mine = [
      await openWebSocket(`${url}${base}/ws`, token),
      await openDownload(`${url}${base}/events`, token),
      await openDownload(`${url}${base}/slow`, token),
      await openUpload(`${url}${base}/upload`, token, () => upstream.uploaded),
    ];
    open.push(...mine);
    return mine;
  };
  const openNames = () => open.filter((connection) => connection.isOpen()).map((connection) => connection.name);
  const expectAllCut = async (reason: string) => {
    await waitUntil('both sides of all to end', () => openNames().length === 0 && sidecar.upstream.open === 0);
    expect(open[0]!.code()).toBe(1008);
    const metrics = await sidecar.metrics();
    expect(metrics).toContain(`hallpass_proxy_cuts_total{reason="${reason}"} ${open.length}`);
    expect(metrics).toContain('hallpass_proxy_live_connections{kind="upgrade"} 0');
    expect((await sidecar.visit('member', `${BASE}/echo`)).status).not.toBe(200);
  };
  /** More comes through each of them, so they are alive and not only not yet closed. */
  const expectAllAlive = async () => {
    const before = open.map((connection) => connection.moved());
    await waitUntil('more of each', () => open.every((connection, index) => connection.moved() > before[index]!));
    expect(openNames()).toHaveLength(open.length);
  };

  it('are counted while they are open', async () => {
    sidecar = await startSidecar({ facts: [...TEST_FACTS, grant('grt_1', 'member', KEY)] });
    await openAll();
    const metrics = await sidecar.metrics();
    expect(metrics).toContain('hallpass_proxy_live_connections{kind="request"} 3');
    expect(metrics).toContain('hallpass_proxy_live_connections{kind="upgrade"} 1');
    for (const connection of open) connection.close();
    await waitUntil('the upstream to be left too', () => sidecar.upstream.open === 0);
    await waitUntil('none', async () => (await sidecar.metrics()).includes('live_connections{kind="request"} 0'));
  });

  it('are cut when their grant is revoked', async () => {
    sidecar = await startSidecar({ facts: [...TEST_FACTS, grant('grt_1', 'member', KEY)] });
    await openAll();
    sidecar.feed.change(ended('grt_1'));
    await expectAllCut('grant-revoked');
    await waitUntil('the report', () => sidecar.feed.applied.at(-1) === 1);
  });

  it('are cut when their grant expires, with the feed dead, and never before', async () => {
    const expiresAt = Date.now() + 1_500;
    sidecar = await startSidecar({ facts: [...TEST_FACTS, grant('grt_1', 'member', KEY, { expiresAt })] });
    await openAll();
    await sidecar.feed.stop();
    let lastOpen = 0;
    await waitUntil('all to be cut', () => {
      if (openNames().length > 0) lastOpen = Date.now();
      return openNames().length === 0;
    });
    expect(lastOpen).toBeLessThan(expiresAt + 1_000);
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
    await expectAllCut('grant-expired');
    const answer = await sidecar.visit('member', `${BASE}/echo`);
    expect([answer.status, ((await answer.json()) as { reason: string }).reason]).toEqual([403, 'no-grant']);
  });

  it('go on by another grant that still carries them, and end with that one', async () => {
    const facts = [...TEST_FACTS, grant('grt_1', 'member', KEY), grant('grt_2', 'member', 'scope:production')];
    sidecar = await startSidecar({ facts });
    await openAll();
    sidecar.feed.change(ended('grt_1'));
    await waitUntil('the report', () => sidecar.feed.applied.at(-1) === 1);
    await expectAllAlive();
    sidecar.feed.change(ended('grt_2'));
    await expectAllCut('grant-revoked');
  });

  it('go on when a longer grant replaces the one that expires', async () => {
    const expiresAt = Date.now() + 1_000;
    sidecar = await startSidecar({ facts: [...TEST_FACTS, grant('grt_1', 'member', KEY, { expiresAt })] });
    await openAll();
    sidecar.feed.change(grant('grt_1', 'member', KEY, { expiresAt: expiresAt + 600_000 }));
    await waitUntil('the old end to pass', () => Date.now() > expiresAt + 50);
    await expectAllAlive();
  });

  it('are cut when their grant is shortened', async () => {
    const far = Date.now() + 30 * 86_400_000;
    sidecar = await startSidecar({ facts: [...TEST_FACTS, grant('grt_1', 'member', KEY, { expiresAt: far })] });
    await openAll();
    sidecar.feed.change(grant('grt_1', 'member', KEY, { expiresAt: Date.now() + 300 }));
    await expectAllCut('grant-expired');
  });

  it('leave those of others alone', async () => {
    const facts = [...TEST_FACTS, grant('grt_1', 'member', KEY), grant('grt_2', 'member2', KEY)];
    sidecar = await startSidecar({ facts });
    const mine = await openAll();
    const theirs = await openAll(BASE, 'member2');
    sidecar.feed.change(ended('grt_1'));
    await waitUntil('mine to be cut', () => mine.every((connection) => !connection.isOpen()));
    open = theirs;
    await expectAllAlive();
  });

  it.each([
    ['the person is disabled', person('member', 'member', { disabled: true })],
    ['the person is gone', { kind: 'subject', id: 'per_member', value: null } as const],
    ['the role is lowered', person('member', 'viewer')],
    ['the resource is gone', { kind: 'resource', id: KEY, value: null } as const],
    ['the resource moves out of the Scope', resource(KEY, { environment: 'staging' })],
    ['the Scope no longer covers it', scope('production', [{ level: 'environment', id: 'elsewhere' }])],
    ['the Scope is gone', { kind: 'scope', id: 'production', value: null } as const],
    ['the minimum role rises', resource(KEY, { environment: 'production', minimum_role: 'owner' })],
  ])('are cut when %s', async (_name, fact) => {
    sidecar = await startSidecar({ facts: [...TEST_FACTS, grant('grt_1', 'member', 'scope:production')] });
    await openAll();
    sidecar.feed.change(fact);
    // A viewer may still read; what writes and connects goes.
    if (_name === 'the role is lowered') {
      await waitUntil('the writers to end', () => openNames().length === 2);
      expect(openNames()).toEqual(['download', 'download']);
      return;
    }
    await expectAllCut('access-changed');
  });

  it('of a Target are cut when its Connection leaves the environment', async () => {
    sidecar = await startSidecar({ facts: [...TEST_FACTS, grant('grt_1', 'member', 'scope:production')] });
    const token = await sidecar.tokenOf('member');
    open.push(await openWebSocket(`${sidecar.url}/targets/billing-db/ws`, token));
    sidecar.feed.change(resource(KEY, { environment: 'staging' }));
    await waitUntil('the cut', () => openNames().length === 0 && sidecar.upstream.open === 0);
  });

  it('are judged again when all facts are swapped', async () => {
    sidecar = await startSidecar({ facts: [...TEST_FACTS, grant('grt_1', 'member', KEY)] });
    await openAll();
    sidecar.feed.epoch = 'epoch-after-a-restore';
    sidecar.feed.breakStreams();
    await waitUntil('the new snapshot', () => sidecar.feed.requests.length === 2);
    await expectAllAlive();
    // A history in which the grant never was, as after a restored backup.
    sidecar.feed.isTalking = false;
    sidecar.feed.breakStreams();
    await waitUntil('a silent stream', () => sidecar.feed.requests.length === 3 && sidecar.feed.openStreams === 1);
    const hello = { protocol: 2, epoch: 'e3', mode: 'snapshot', revision: 1, server_time: Date.now() } as const;
    sidecar.feed.say({ type: 'hello', heartbeat_interval_ms: 5_000, ...hello });
    sidecar.feed.say({ type: 'snapshot-begin', epoch: 'e3', revision: 1, mark: 'm', as_of: Date.now() });
    for (const fact of TEST_FACTS) sidecar.feed.say({ type: 'fact', fact });
    sidecar.feed.say({ type: 'snapshot-end', epoch: 'e3', revision: 1, facts: TEST_FACTS.length });
    await expectAllCut('access-changed');
  });

  it('are cut when the sidecar stops, after the grace', async () => {
    sidecar = await startSidecar({ facts: [...TEST_FACTS, grant('grt_1', 'member', KEY)] });
    await openAll();
    await sidecar.proxy.stop();
    await waitUntil('all to end', () => openNames().length === 0 && sidecar.upstream.open === 0);
    expect(open[0]!.code()).toBe(1008);
  });
});
