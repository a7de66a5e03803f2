import { rm, writeFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { waitUntil } from '../support/wait-until.ts';
import { grant, person, TEST_FACTS } from './support/facts.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

const GRANTED = [...TEST_FACTS, grant('grt_1', 'member', 'connection:aws-production')];
const PATH = '/connections/aws-production/echo';

/** Law 1: whatever is missing, nobody passes. */
describe('a sidecar that lacks something', () => {
  let sidecar: TestSidecar;
  afterEach(() => sidecar.stop());

  const answerTo = async (path = PATH) => {
    const answer = await sidecar.visit('member', path);
    const { reason } = (await answer.json()) as { reason: string };
    return { status: answer.status, reason, retryAfter: answer.headers.get('retry-after') };
  };
  const evaluate = () =>
    fetch(`${sidecar.decisionUrl}/access/v1/evaluation`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        subject: { type: 'user', id: 'per_member' },
        resource: { type: 'connection', id: 'aws-production' },
        action: { name: 'read' },
      }),
    });
  const readyz = async () => {
    const answer = await fetch(`${sidecar.opsUrl}/readyz`);
    return { status: answer.status, ...((await answer.json()) as { missing: string[] }) };
  };

  it('refuses without facts, whatever is asked', async () => {
    sidecar = await startSidecar({ facts: GRANTED, unready: true, prepare: (feed) => (feed.refuseWith = 503) });
    for (const path of [PATH, '/nowhere', '/connections/payroll/x']) {
      expect(await answerTo(path)).toEqual({ status: 503, reason: 'facts-missing', retryAfter: '2' });
    }
    expect((await evaluate()).status).toBe(503);
    expect(await readyz()).toMatchObject({ status: 503, missing: ['facts: no snapshot has arrived yet'] });
    expect((await fetch(`${sidecar.opsUrl}/livez`)).status).toBe(200);
    expect(sidecar.upstream.connections).toBe(0);
    sidecar.feed.refuseWith = null;
    await sidecar.proxy.whenReady(5_000);
    expect((await sidecar.visit('member', PATH)).status).toBe(200);
  });

  it('refuses while a snapshot is only half there', async () => {
    sidecar = await startSidecar({ unready: true, prepare: (feed) => (feed.isTalking = false) });
    await waitUntil('a stream', () => sidecar.feed.openStreams > 0);
    const hello = { protocol: 2, epoch: 'e', mode: 'snapshot', revision: 1, server_time: Date.now() } as const;
    sidecar.feed.say({ type: 'hello', heartbeat_interval_ms: 60_000, ...hello });
    sidecar.feed.say({ type: 'snapshot-begin', epoch: 'e', revision: 1, mark: 'm', as_of: Date.now() });
    for (const fact of GRANTED) sidecar.feed.say({ type: 'fact', fact });
    expect(await answerTo()).toMatchObject({ reason: 'facts-missing' });
    sidecar.feed.say({ type: 'snapshot-end', epoch: 'e', revision: 1, facts: GRANTED.length });
    await waitUntil('facts', () => sidecar.proxy.readiness().ready);
    expect((await sidecar.visit('member', PATH)).status).toBe(200);
  });

  it('refuses without a policy, and serves once there is one', async () => {
    sidecar = await startSidecar({ facts: GRANTED, unready: true, withoutPolicy: true });
    await waitUntil('facts', async () => (await readyz()).missing.length === 1);
    expect(await answerTo()).toMatchObject({ status: 503, reason: 'policy-missing' });
    expect((await evaluate()).status).toBe(503);
    expect((await readyz()).missing[0]).toMatch(/^policy: .*ENOENT/);
    await writeFile(sidecar.bundlePath, 'this is no bundle');
    await waitUntil('the broken file to be seen', async () => (await readyz()).missing[0]?.includes('no good'));
    expect(await answerTo()).toMatchObject({ reason: 'policy-missing' });
  });

  it('refuses with facts that are too old, cuts what is open, and recovers', async () => {
    sidecar = await startSidecar({ facts: GRANTED, config: { facts: { max_age_ms: 400 } } });
    const token = await sidecar.tokenOf('member');
    const socket = new WebSocket(`${sidecar.url.replace('http', 'ws')}/connections/aws-production/ws`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    await new Promise((resolve) => socket.once('open', resolve));
    sidecar.feed.isTalking = false;
    sidecar.feed.refuseWith = 503;
    sidecar.feed.breakStreams();
    expect(await closed).toBe(1008);
    expect(await answerTo()).toEqual({ status: 503, reason: 'facts-stale', retryAfter: '2' });
    expect(await answerTo('/nowhere')).toMatchObject({ reason: 'facts-stale' });
    expect((await evaluate()).status).toBe(503);
    expect((await readyz()).status).toBe(503);
    expect(await sidecar.metrics()).toContain('hallpass_proxy_cuts_total{reason="facts-stale"} 1');
    sidecar.feed.isTalking = true;
    sidecar.feed.refuseWith = null;
    await sidecar.proxy.whenReady(5_000);
    expect((await sidecar.visit('member', PATH)).status).toBe(200);
  });

  it('does not take a connected feed that says nothing for a living one', async () => {
    sidecar = await startSidecar({ facts: GRANTED, config: { facts: { max_age_ms: 400 } } });
    const before = sidecar.feed.requests.length;
    sidecar.feed.isTalking = false;
    await waitUntil('staleness', () => !sidecar.proxy.readiness().ready);
    expect(await answerTo()).toMatchObject({ reason: 'facts-stale' });
    await waitUntil('another attempt', () => sidecar.feed.requests.length > before);
  });

  it('refuses when the feed wants another credential', async () => {
    sidecar = await startSidecar({ facts: GRANTED, unready: true, prepare: (feed) => (feed.refuseWith = 401) });
    expect(await answerTo()).toMatchObject({ status: 503, reason: 'facts-missing' });
  });

  it('refuses every garbage token, and says so without telling why', async () => {
    sidecar = await startSidecar({ facts: [...GRANTED, person('other')] });
    const { idp } = sidecar;
    const good = await sidecar.tokenOf('member');
    const now = Math.floor(Date.now() / 1000);
    const [head, body, signature] = good.split('.') as [string, string, string];
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const garbage: Record<string, string> = {
      empty: '',
      words: 'garbage',
      dots: '..',
      'cut off': good.slice(0, -10),
      'another signature': `${head}.${body}.${signature.slice(0, -4)}AAAA`,
      'another body': `${head}.${encode({ sub: 'sub-member', iss: idp.issuer, aud: 'hallpass', exp: now + 99 })}.${signature}`,
      'alg none': `${encode({ alg: 'none', typ: 'JWT' })}.${body}.`,
      'HMAC with the public key': await hmacToken(idp.publicJwk.x!, body),
      'another audience': await idp.sign('sub-member', { claims: { aud: 'elsewhere' } }),
      'another issuer': await idp.sign('sub-member', { claims: { iss: 'https://evil.example' } }),
      expired: await idp.sign('sub-member', { claims: { exp: now - 60 } }),
      'no expiry': await idp.sign('sub-member', { claims: { exp: undefined } }),
      'not yet valid': await idp.sign('sub-member', { claims: { nbf: now + 600 } }),
      'another type': await idp.sign('sub-member', { header: { typ: 'hallpass-denial+jwt' } }),
      'unknown key': await idp.sign('sub-member', { header: { kid: 'who' } }),
      'critical extension': await idp
        .sign('sub-member', { header: { crit: ['x'], x: 1 } as never })
        .catch(() => `${encode({ alg: 'EdDSA', crit: ['x'], x: 1 })}.${body}.${signature}`),
      giant: `${good}${'A'.repeat(10_000)}`,
    };
    for (const [name, token] of Object.entries(garbage)) {
      const answer = await fetch(sidecar.url + PATH, { headers: { authorization: `Bearer ${token}` } });
      const { reason, detail } = (await answer.json()) as { reason: string; detail: string };
      expect([name, answer.status, reason]).toEqual([name, 401, 'identity-invalid']);
      expect(detail).toBe('The token or certificate could not be accepted. Get a new one and try again.');
    }
    expect(sidecar.upstream.connections).toBe(0);
  });

  it('refuses two identities at once', async () => {
    sidecar = await startSidecar({ facts: GRANTED });
    const [mine, other] = [await sidecar.tokenOf('member'), await sidecar.tokenOf('admin')];
    const cookies = `hallpass_token=${mine}; hallpass_token=${other}`;
    expect((await sidecar.visit(null, PATH, { headers: { cookie: cookies } })).status).toBe(401);
    const bad = { cookie: `hallpass_token=${mine}`, authorization: 'Bearer garbage' };
    expect((await sidecar.visit(null, PATH, { headers: bad })).status).toBe(401);
    expect(sidecar.upstream.connections).toBe(0);
  });

  it('lets nobody in on an outage of the key set, and says that it is not the token', async () => {
    sidecar = await startSidecar({ facts: GRANTED, prepare: (_, idp) => (idp.failWith = 500) });
    expect(await answerTo()).toMatchObject({ status: 503, reason: 'identity-unavailable' });
    sidecar.idp.failWith = null;
    expect((await sidecar.visit('member', PATH)).status).toBe(200);
    await rm(sidecar.bundlePath);
    expect((await sidecar.visit('member', PATH)).status).toBe(200);
  });

  it('takes tokens of a new key, and those of a withdrawn one no longer than it remembers', async () => {
    const limits = { verified_token_ms: 50, jwks_max_age_ms: 50, jwks_cooldown_ms: 0, feed_reconnect_min_ms: 10 };
    sidecar = await startSidecar({ facts: GRANTED, config: { limits } });
    const old = await sidecar.tokenOf('member');
    const withOld = () => sidecar.visit(null, PATH, { headers: { authorization: `Bearer ${old}` } });
    expect((await withOld()).status).toBe(200);
    await sidecar.idp.rotate({ withdrawOld: true });
    expect((await sidecar.visit('member', PATH)).status).toBe(200);
    await waitUntil('the old key to be forgotten', async () => (await withOld()).status === 401);
  });
});

async function hmacToken(secret: string, body: string): Promise<string> {
  const head = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT' })).toString('base64url');
  const key = await crypto.subtle.importKey('raw', Buffer.from(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ]);
  const signature = await crypto.subtle.sign('HMAC', key, Buffer.from(`${head}.${body}`));
  return `${head}.${body}.${Buffer.from(signature).toString('base64url')}`;
}
