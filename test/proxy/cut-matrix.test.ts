import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '../../core/process/logger.ts';
import type { Fact } from '../../core/feed/fact.ts';
import { waitUntil } from '../support/wait-until.ts';
import { changeBundle } from './support/change-bundle.ts';
import { ended, grant, person, resource, scope, TEST_FACTS } from './support/facts.ts';
import { AUDIENCE, type IdentityProvider } from './support/identity-provider.ts';
import {
  openDownload,
  openTunnel,
  openUnread,
  openUpload,
  openWaiting,
  openWebSocket,
  type OpenConnection,
  type UnreadConnection,
} from './support/open-connections.ts';
import { routesTo, startSidecar, type TestSidecar, type TestSidecarOptions } from './support/sidecar.ts';

const BASE = '/connections/aws-production';
const KEY = 'connection:aws-production';
const WS =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
const TUNNEL = 'Connection: Upgrade\r\nUpgrade: tcp\r\n';
/** Places in `openEvery`. */
const UPGRADES: ReadonlySet<number> = new Set([0, 7, 8, 9]);
const KINDS = 10;
const guarded = (more = {}) => resource(KEY, { environment: 'production', minimum_role: 'member', ...more });
const FACTS: readonly Fact[] = [...TEST_FACTS, guarded(), grant('grt_2', 'admin', 'connection:aws-staging')];

interface Cause {
  readonly name: string;
  readonly reason: string;
  /** What the person holds at first; else the grant `grt_1` for the Scope. */
  readonly facts?: () => readonly Fact[];
  readonly options?: TestSidecarOptions;
  /** The person's; else one that lasts. */
  readonly token?: (sidecar: TestSidecar) => Promise<string>;
  readonly act: (sidecar: TestSidecar) => unknown;
  /** Ends everybody's. */
  readonly isForAll?: true;
}

const change =
  (...facts: Fact[]) =>
  (sidecar: TestSidecar) =>
    sidecar.feed.change(...facts);

const identityOf = (idp: IdentityProvider, cuts: boolean) => ({
  jwt: { jwks_url: idp.jwksUrl, issuer: idp.issuer, audience: AUDIENCE, clock_tolerance_seconds: 0 },
  cut_when_credential_ends: cuts,
});

const CAUSES: readonly Cause[] = [
  { name: 'the grant is revoked', reason: 'grant-revoked', act: change(ended('grt_1')) },
  {
    name: 'the grant expires',
    reason: 'grant-expired',
    facts: () => [grant('grt_1', 'member', 'scope:production', { expiresAt: Date.now() + 2_500 })],
    act: () => {},
  },
  {
    name: 'the grant expires, and the control plane is gone',
    reason: 'grant-expired',
    facts: () => [grant('grt_1', 'member', 'scope:production', { expiresAt: Date.now() + 2_500 })],
    act: (sidecar) => sidecar.feed.stop(),
  },
  { name: 'the role is lowered', reason: 'access-changed', act: change(person('member', 'viewer')) },
  {
    name: 'the granted role is revoked',
    reason: 'grant-revoked',
    facts: () => [
      person('member', 'viewer'),
      grant('grt_1', 'member', 'scope:production'),
      grant('grt_3', 'member', 'role:member'),
    ],
    act: change(ended('grt_3')),
  },
  {
    name: 'the Scope no longer covers it',
    reason: 'access-changed',
    act: change(scope('production', [{ level: 'environment', id: 'x' }])),
  },
  {
    name: 'the Scope is deleted',
    reason: 'access-changed',
    act: change({ kind: 'scope', id: 'production', value: null }),
  },
  {
    name: 'the person is disabled',
    reason: 'access-changed',
    act: change(person('member', 'member', { disabled: true })),
  },
  {
    name: 'the person is deleted',
    reason: 'access-changed',
    act: change({ kind: 'subject', id: 'per_member', value: null }),
  },
  { name: 'the minimum role is raised', reason: 'access-changed', act: change(guarded({ minimum_role: 'owner' })) },
  {
    name: 'the resource is deleted',
    reason: 'access-changed',
    act: change({ kind: 'resource', id: KEY, value: null }),
  },
  {
    name: 'the resource changes its environment',
    reason: 'access-changed',
    act: change(guarded({ environment: 'staging' })),
  },
  {
    name: 'the token ends that it was opened with',
    reason: 'identity-expired',
    options: { identity: (idp) => identityOf(idp, true) },
    token: (sidecar) => sidecar.idp.sign('sub-member', { claims: { exp: Math.floor(Date.now() / 1000) + 5 } }),
    act: () => {},
  },
  {
    name: 'the policy changes',
    reason: 'policy-changed',
    act: (sidecar) => changeBundle(sidecar.bundlePath, 'stricter', { read: 'admin', write: 'admin', connect: 'admin' }),
  },
  {
    name: 'the facts are too old',
    reason: 'facts-stale',
    options: { config: { facts: { max_age_ms: 2_500 } } },
    act: (sidecar) => sidecar.feed.stop(),
    isForAll: true,
  },
  { name: 'the sidecar stops', reason: 'shutting-down', act: (sidecar) => sidecar.proxy.stop(), isForAll: true },
];

/** Law 3, as a table: whatever can be open, by whatever its right can end. */
describe('what is open is cut', () => {
  let sidecar: TestSidecar;
  let open: OpenConnection[] = [];
  let logged: Record<string, unknown>[] = [];
  afterEach(async () => {
    for (const connection of open) connection.close();
    open = [];
    await sidecar.stop();
  });

  const start = async (facts: readonly Fact[], options: TestSidecarOptions = {}) => {
    logged = [];
    const logger = createLogger('proxy', 'info', { write: (line) => void logged.push(JSON.parse(line)) });
    const routes = (url: string) => routesTo(url).map((route) => ({ ...route, upgrades: ['websocket', 'tcp'] }));
    sidecar = await startSidecar({ facts: [...FACTS, ...facts], logger, routes, ...options });
  };
  const openEvery = async (base: string, token: string): Promise<OpenConnection[]> => {
    const { url, upstream } = sidecar;
    const before = { open: upstream.open, uploaded: upstream.uploaded };
    const mine = await Promise.all([
      openWebSocket(`${url}${base}/ws`, token),
      openDownload(`${url}${base}/events`, token),
      openDownload(`${url}${base}/slow`, token),
      openUpload(`${url}${base}/upload`, token, () => upstream.uploaded - before.uploaded),
      openWaiting(`${url}${base}/never`, token),
      openWaiting(`${url}${base}/upload`, token, { body: true }),
      openUnread(`${url}${base}/flood`, token),
      openUnread(`${url}${base}/flood`, token, WS),
      openTunnel(`${url}${base}/tunnel`, token),
      openUnread(`${url}${base}/flood`, token, TUNNEL),
    ]);
    open.push(...mine);
    await waitUntil('all to be at the upstream', () => upstream.open === before.open + mine.length);
    return mine;
  };

  it.each(CAUSES)('when $name', async ({ reason, facts, options, token, act, isForAll }) => {
    await start(facts?.() ?? [grant('grt_1', 'member', 'scope:production')], options);
    const theirs = await openEvery('/connections/aws-staging', await sidecar.tokenOf('admin'));
    const mineToken = await (token?.(sidecar) ?? sidecar.tokenOf('member'));
    const mine = await openEvery(BASE, mineToken);
    await act(sidecar);
    const kept = isForAll === true ? [] : theirs;
    // The upstream is left at once, whether or not the client reads.
    await waitUntil('the upstream to be left', () => sidecar.upstream.open === kept.length);
    const gone = isForAll === true ? [...mine, ...theirs] : mine;
    for (const connection of gone) if ('resume' in connection) (connection as UnreadConnection).resume();
    await waitUntil('all clients to be cut', () => gone.every((connection) => !connection.isOpen()));
    expect(mine[0]!.code()).toBe(1008);
    const cuts = logged.filter(({ msg }) => msg === 'cut');
    expect(cuts.map((cut) => cut.reason)).toEqual(gone.map(() => reason));
    expect(cuts.map(({ kind }) => kind).toSorted()).toEqual(
      gone.map((_, index) => (UPGRADES.has(index % KINDS) ? 'upgrade' : 'request')).toSorted(),
    );
    for (const cut of cuts)
      expect(cut).toMatchObject({ evaluation_id: expect.stringMatching(/^ev_/), delay_ms: expect.any(Number) });
    if (reason === 'shutting-down') return;
    const metrics = await sidecar.metrics();
    expect(metrics).toContain(`hallpass_proxy_cuts_total{reason="${reason}"} ${gone.length}`);
    expect(metrics).toContain(`hallpass_proxy_live_connections{kind="request"} ${kept.length === 0 ? 0 : 6}`);
    // What has another right goes on: more comes of whatever moves by itself.
    const moving = kept.filter((_, index) => [0, 1, 2, 3, 8].includes(index));
    const moved = moving.map((connection) => connection.moved());
    await waitUntil('more of each', () => moving.every((connection, index) => connection.moved() > moved[index]!));
    expect(kept.filter((connection) => !connection.isOpen())).toEqual([]);
    const again = await fetch(`${sidecar.url}${BASE}/echo`, { headers: { authorization: `Bearer ${mineToken}` } });
    expect(again.status).not.toBe(200);
  });

  it('not when the token ends, where nobody has asked for that', async () => {
    await start([grant('grt_1', 'member', 'scope:production')], { identity: (idp) => identityOf(idp, false) });
    const exp = Math.floor(Date.now() / 1000) + 4;
    const token = await sidecar.idp.sign('sub-member', { claims: { exp } });
    const mine = await openEvery(BASE, token);
    await waitUntil('the end of the token', () => Date.now() > (exp + 1) * 1000);
    const again = await fetch(`${sidecar.url}${BASE}/echo`, { headers: { authorization: `Bearer ${token}` } });
    expect(again.status).toBe(401);
    expect(mine.filter((connection) => !connection.isOpen())).toEqual([]);
    expect(logged.filter(({ msg }) => msg === 'cut')).toEqual([]);
  });

  it.each([
    ['becomes one that others may not see', guarded({ discoverable: 'none' })],
    ['is renamed', guarded({ name: 'Another name' })],
    ['has a lower minimum role', guarded({ minimum_role: 'viewer' })],
  ])('not when the resource %s', async (_name, fact) => {
    await start([grant('grt_1', 'member', 'scope:production')]);
    await openEvery(BASE, await sidecar.tokenOf('member'));
    sidecar.feed.change(fact);
    await waitUntil('the report', () => sidecar.feed.applied.at(-1) === 1);
    expect(open.filter((connection) => !connection.isOpen())).toEqual([]);
    expect(sidecar.upstream.open).toBe(open.length);
    expect(logged.filter(({ msg }) => msg === 'cut')).toEqual([]);
  });

  it('not when another grant carries it, by each in turn', async () => {
    await start([grant('grt_1', 'member', 'scope:production'), grant('grt_4', 'member', KEY)]);
    await openEvery(BASE, await sidecar.tokenOf('member'));
    sidecar.feed.change(ended('grt_4'));
    await waitUntil('the report', () => sidecar.feed.applied.at(-1) === 1);
    sidecar.feed.change(grant('grt_5', 'member', KEY));
    sidecar.feed.change(ended('grt_1'));
    await waitUntil('the report', () => sidecar.feed.applied.at(-1) === 3);
    expect(sidecar.upstream.open).toBe(open.length);
    expect(logged.filter(({ msg }) => msg === 'cut')).toEqual([]);
    sidecar.feed.change(ended('grt_5'));
    await waitUntil('the upstream to be left', () => sidecar.upstream.open === 0);
  });

  it('not when it is a connection that nothing moves on; its next request is judged anew', async () => {
    await start([grant('grt_1', 'member', 'scope:production')]);
    const socket = connect(sidecar.proxy.ports.proxy, '127.0.0.1');
    let text = '';
    let isClosed = false;
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.on('close', () => (isClosed = true));
    const token = await sidecar.tokenOf('member');
    const statuses = () => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status);
    const ask = async (count: number) => {
      socket.write(`GET ${BASE}/echo HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`);
      await waitUntil('an answer', () => statuses().length === count);
    };
    await ask(1);
    sidecar.feed.change(ended('grt_1'));
    await waitUntil('the report', () => sidecar.feed.applied.at(-1) === 1);
    expect(isClosed).toBe(false);
    await ask(2);
    sidecar.feed.change(grant('grt_6', 'member', KEY));
    await waitUntil('the report', () => sidecar.feed.applied.at(-1) === 2);
    await ask(3);
    expect([statuses(), isClosed]).toEqual([['200', '403', '200'], false]);
    socket.destroy();
  });
});
