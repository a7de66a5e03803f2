import { copyFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { decodeJwt } from 'jose';
import { stringify } from 'yaml';
import { closeServer, listen } from '../../core/process/ops-server.ts';
import { startChild, type TestChild } from '../support/child-process.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { changeBundle, replaceFile } from './support/change-bundle.ts';
import { ended, grant, TEST_FACTS } from './support/facts.ts';
import { FEED_TOKEN, FeedSource } from './support/feed-source.ts';
import { AUDIENCE, IdentityProvider } from './support/identity-provider.ts';
import { openWebSocket, type OpenConnection } from './support/open-connections.ts';
import { RecordingUpstream } from './support/recording-upstream.ts';

const REPOSITORY = new URL('../../', import.meta.url).pathname;
const BASE = '/connections/aws-production';
const PATH = `${BASE}/echo`;
const KEY = 'connection:aws-production';
const GRANTED = [...TEST_FACTS, grant('grt_1', 'member', KEY)];

interface Ports {
  readonly proxy: number;
  readonly ops: number;
  readonly decision: number;
}

// Each starts three processes or more, some of them again.
jest.setTimeout(90_000);

/** The sidecar as it is started, with two processes that carry the traffic. */
describe('a sidecar with workers', () => {
  let directory: { path: string; remove(): Promise<void> };
  let feed: FeedSource;
  let idp: IdentityProvider;
  let upstream: RecordingUpstream;
  let child: TestChild;
  let ports: Ports;
  let open: OpenConnection[] = [];

  beforeEach(async () => {
    directory = await makeTemporaryDirectory('wk');
    feed = new FeedSource(GRANTED, 200);
    idp = new IdentityProvider();
    upstream = new RecordingUpstream();
    await Promise.all([feed.start(), idp.start(), upstream.start()]);
  });
  afterEach(async () => {
    for (const connection of open.splice(0)) connection.close();
    child.kill('SIGTERM');
    await child.ended;
    await Promise.all([feed.stop(), idp.stop(), upstream.stop()]);
    await directory.remove();
  });

  const start = async (config: Record<string, unknown> = {}) => {
    const bundle = join(directory.path, 'policy.tar.gz');
    await copyFile(join(REPOSITORY, 'policies/bundle/policy.tar.gz'), bundle);
    const file = join(directory.path, 'proxy.yaml');
    await writeFile(
      file,
      stringify({
        public_url: 'http://proxy.example.com',
        console_url: 'http://console.example.com',
        proxy: { port: 0 },
        decision_api: { port: 0 },
        ops: { port: 0 },
        control_plane: { url: feed.url },
        identity: { jwt: { jwks_url: idp.jwksUrl, issuer: idp.issuer, audience: AUDIENCE } },
        policy: { bundle, poll_ms: 50 },
        routes: [{ path: BASE, resource: KEY, upstream: upstream.url }],
        limits: { feed_reconnect_min_ms: 10, feed_reconnect_max_ms: 100, shutdown_grace_ms: 200 },
        ...config,
      }),
    );
    child = startChild('proxy/main.ts', [], {
      HALLPASS_PROXY_CONFIG: file,
      HALLPASS_FEED_TOKEN: FEED_TOKEN,
      HALLPASS_PROXY_WORKERS: '2',
    });
    const line = await waitUntil('the start', () => logged('the sidecar listens')[0], { timeoutMs: 25_000 });
    ports = line as unknown as Ports;
    return child;
  };
  const logged = (message: string): Record<string, unknown>[] =>
    child
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => msg === message);
  const pids = () => [...new Set(logged('a worker listens').map(({ pid }) => pid as number))];
  const ready = () =>
    waitUntil('all workers', async () => (await fetch(`http://127.0.0.1:${ports.ops}/readyz`)).status === 200, {
      timeoutMs: 25_000,
    });
  const metrics = async (accept = '') =>
    (await fetch(`http://127.0.0.1:${ports.ops}/metrics`, { headers: { accept } })).text();
  const visit = async (name = 'member', token?: string) => {
    const authorization = `Bearer ${token ?? (await idp.sign(`sub-${name}`))}`;
    // A connection of its own each time, for the kernel to give to any worker.
    return fetch(`http://127.0.0.1:${ports.proxy}${PATH}`, { headers: { authorization, connection: 'close' } });
  };
  const openMany = async (count: number) => {
    const token = await idp.sign('sub-member');
    for (let index = 0; index < count; index += 1) {
      open.push(await openWebSocket(`ws://127.0.0.1:${ports.proxy}${BASE}/ws`, token));
    }
  };
  const isRunning = (pid: number) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };

  it('spreads connections over all, keeps one feed, and counts and logs everything once', async () => {
    await start();
    await ready();
    expect(feed.openStreams).toBe(1);
    expect(feed.registrations).toHaveLength(1);
    const token = await idp.sign('sub-member');
    for (let index = 0; index < 60; index += 1) expect((await visit('member', token)).status).toBe(200);
    const decisions = await waitUntil('the log', () => {
      const all = logged('decision');
      return all.length >= 60 ? all : null;
    });
    expect(new Set(decisions.map(({ evaluation_id: id }) => id)).size).toBe(60);
    expect(await metrics()).toMatch(/^hallpass_proxy_decisions_total\{.*allow="true".*\} 60$/m);
    expect(await metrics()).toMatch(/^hallpass_proxy_workers 2$/m);
    expect(await metrics()).toMatch(/^hallpass_proxy_limit\{name="slice_ms"\} 2$/m);
    expect(await metrics('application/openmetrics-text')).toMatch(/# EOF/);
    await waitUntil('the first use', () => feed.firstUses.length > 0);
    expect(feed.firstUses.map(({ grant_id: id }) => id)).toEqual(['grt_1']);
    await openMany(20);
    const live = /^hallpass_proxy_live_connections\{kind="upgrade"\} (\d+)$/m.exec(await metrics());
    expect(live?.[1]).toBe('20');
  });

  it('signs denials with one key, known to the control plane, whichever worker denies', async () => {
    await start();
    await ready();
    const { kid, x } = feed.registrations[0]!.denial_key as { kid: string; x: string };
    expect(x).toHaveLength(43);
    for (let index = 0; index < 20; index += 1) {
      const body = (await (await visit('member2')).json()) as { access_request: { binding_token: string } };
      const { binding_token: token } = body.access_request;
      const header = JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()) as { kid: string };
      expect([header.kid, decodeJwt(token).iss]).toEqual([kid, 'http://proxy.example.com']);
    }
  });

  it('follows each change in all of them, reports the slowest, and cuts what is open in each', async () => {
    await start();
    await ready();
    await openMany(20);
    feed.change(ended('grt_1'));
    await waitUntil('every socket to be cut', () => open.every((connection) => !connection.isOpen()));
    expect(open.map((connection) => connection.code())).toEqual(open.map(() => 1008));
    await waitUntil('the report', () => feed.applied.at(-1) === 1);
    for (let index = 0; index < 20; index += 1) expect((await visit()).status).toBe(403);
    for (let revision = 2; revision < 200; revision += 1) feed.change(grant(`grt_${revision}`, 'member2', KEY));
    await waitUntil('the report', () => feed.applied.at(-1) === 199);
    for (let index = 0; index < 20; index += 1) expect((await visit('member2')).status).toBe(200);
    expect(await metrics()).toMatch(/^hallpass_proxy_cuts_total\{reason="grant-revoked"\} 20$/m);
    // All facts anew, of another history.
    feed.epoch = 'epoch-2';
    feed.change(grant('grt_1', 'member', KEY));
    feed.breakStreams();
    await waitUntil('the report', () => feed.applied.at(-1) === 200);
    for (let index = 0; index < 20; index += 1) expect((await visit()).status).toBe(200);
  });

  it('replaces a worker that is killed; the others lose nothing, and no request gets a wrong answer', async () => {
    await start();
    await ready();
    await openMany(20);
    const [first] = pids() as [number];
    const visits = new AbortController();
    const statuses = new Map<number | string, number>();
    const token = await idp.sign('sub-member');
    const visiting = (async () => {
      while (!visits.signal.aborted) {
        const status = await visit('member', token).then(
          (answer) => answer.status,
          () => 'broken',
        );
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    })();
    process.kill(first, 'SIGKILL');
    await waitUntil('another in its place', () => pids().length === 3, { timeoutMs: 25_000 });
    await ready();
    visits.abort();
    await visiting;
    // What was on the killed one's way is broken off; nothing is refused, for the new one listens when it can answer.
    expect([...statuses.keys()].filter((status) => status !== 200 && status !== 'broken')).toEqual([]);
    expect(statuses.get(200)).toBeGreaterThan(0);
    const alive = open.filter((connection) => connection.isOpen()).length;
    expect(alive).toBeGreaterThan(0);
    expect(alive).toBeLessThan(20);
    expect(await metrics()).toMatch(/^hallpass_proxy_worker_restarts_total 1$/m);
    feed.change(ended('grt_1'));
    await waitUntil('every socket to be cut', () => open.every((connection) => !connection.isOpen()));
    for (let index = 0; index < 20; index += 1) expect((await visit()).status).toBe(403);
  });

  it('replaces a worker that is stuck', async () => {
    await start({ limits: { worker_silence_ms: 3_000, shutdown_grace_ms: 200 } });
    await ready();
    const [first] = pids() as [number];
    process.kill(first, 'SIGSTOP');
    await waitUntil('another in its place', () => pids().length === 3, { timeoutMs: 60_000 });
    expect(isRunning(first)).toBe(false);
    await ready();
  });

  it('refuses, and cuts what is open, when the first process is stuck: nothing is trusted for longer', async () => {
    await start({ facts: { max_age_ms: 3_000 }, limits: { shutdown_grace_ms: 200 } });
    await ready();
    await openMany(6);
    child.kill('SIGSTOP');
    try {
      await waitUntil('the refusal', async () => (await visit()).status === 503);
      await waitUntil('every socket to be cut', () => open.every((connection) => !connection.isOpen()));
    } finally {
      child.kill('SIGCONT');
    }
    await waitUntil('everything to be well again', async () => (await visit()).status === 200);
  });

  it('ends with the first process, be it killed', async () => {
    await start();
    await ready();
    const all = pids();
    expect(all).toHaveLength(2);
    child.kill('SIGKILL');
    await child.ended;
    await waitUntil('the workers to end', () => all.every((pid) => !isRunning(pid)));
  });

  it('lets what is under way finish at a stop, and leaves nothing behind', async () => {
    await start();
    await ready();
    const all = pids();
    await openMany(4);
    child.kill('SIGTERM');
    expect(await child.ended).toBe(0);
    expect(all.filter(isRunning)).toEqual([]);
    await waitUntil('the sockets to end', () => open.every((connection) => !connection.isOpen()));
    expect(open[0]!.code()).toBe(1008);
    expect(child.output()).not.toContain(FEED_TOKEN);
  });

  it('takes a new policy into use in all of them, cuts what it no longer lets through, and keeps it when a broken one comes', async () => {
    await start();
    await ready();
    await openMany(10);
    const bundle = join(directory.path, 'policy.tar.gz');
    await changeBundle(bundle, 'stricter', { connect: 'owner', read: 'viewer', write: 'member' });
    await waitUntil('every socket to be cut', () => open.every((connection) => !connection.isOpen()));
    await replaceFile(bundle, 'no bundle at all');
    await waitUntil('the refusal', async () => (await metrics()).includes('hallpass_proxy_policy_refused 1'));
    for (let index = 0; index < 20; index += 1) expect((await visit()).status).toBe(200);
    const revisions = await waitUntil('the log', () => {
      const all = logged('decision').slice(-20);
      return all.every(({ policy_revision: revision }) => revision === 'stricter') ? all : null;
    });
    expect(revisions).toHaveLength(20);
  });

  it('does not start beside somebody who has its port', async () => {
    const blocker = createServer();
    const taken = await listen(blocker, 0, '127.0.0.1');
    child = startChild('proxy/main.ts', [], {
      HALLPASS_PROXY_CONFIG: join(REPOSITORY, 'proxy/example.yaml'),
      HALLPASS_FEED_TOKEN: FEED_TOKEN,
      HALLPASS_PROXY_WORKERS: '2',
      HALLPASS_PROXY_PORT: String(taken),
      HALLPASS_DECISION_PORT: '0',
      HALLPASS_PROXY_OPS_PORT: '0',
    });
    expect(await child.ended).toBe(1);
    expect(child.output()).toContain('EADDRINUSE');
    await closeServer(blocker);
  });
});
