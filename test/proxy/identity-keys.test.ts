import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { errors, jwtVerify } from 'jose';
import { KeysUnavailable, RemoteKeys } from '../../proxy/identity/remote-keys.ts';
import { waitUntil } from '../support/wait-until.ts';
import { grant, TEST_FACTS } from './support/facts.ts';
import { IdentityProvider } from './support/identity-provider.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

const LIMITS = {
  jwks_timeout_ms: 2_000,
  jwks_cooldown_ms: 10_000,
  jwks_retry_ms: 1_000,
  jwks_max_age_ms: 600_000,
  jwks_bytes: 65_536,
};

describe('the keys of an issuer', () => {
  let idp: IdentityProvider;
  let nowMs: number;
  let outcomes: string[];
  beforeEach(async () => {
    idp = new IdentityProvider();
    await idp.start();
    nowMs = 1_000_000;
    outcomes = [];
  });
  afterEach(() => idp.stop());

  const keysOf = (limits: Partial<typeof LIMITS> = {}) =>
    new RemoteKeys({
      place: () => ({ url: idp.jwksUrl, ca: null, headers: {} }),
      limits: { ...LIMITS, ...limits },
      now: () => nowMs,
      onFetch: (outcome) => outcomes.push(outcome),
    });
  const verify = async (keys: RemoteKeys, token: string) => {
    try {
      return (await jwtVerify(token, keys.get)).payload.sub;
    } catch (error) {
      return error;
    }
  };

  it('are fetched once for all who wait', async () => {
    const keys = keysOf();
    const tokens = await Promise.all(Array.from({ length: 50 }, (_, index) => idp.sign(`sub-${index}`)));
    expect(await Promise.all(tokens.map((token) => verify(keys, token)))).toEqual(
      tokens.map((_, index) => `sub-${index}`),
    );
    expect(idp.fetches).toBe(1);
  });

  it('are fetched again for a key that is unknown, once per cooldown whatever is sent', async () => {
    const keys = keysOf();
    await verify(keys, await idp.sign('a'));
    for (let index = 0; index < 200; index += 1) {
      nowMs += 100;
      const forged = await idp.sign('a', { header: { kid: `made-up-${index}` } });
      expect(await verify(keys, forged)).toBeInstanceOf(errors.JWKSNoMatchingKey);
    }
    // 20 seconds, one cooldown after another of 10.
    expect(idp.fetches).toBe(3);
  });

  it('are fetched once for many made-up keys at the same time', async () => {
    const keys = keysOf();
    await verify(keys, await idp.sign('a'));
    nowMs += 10_000;
    const forged = await Promise.all(
      Array.from({ length: 100 }, (_, index) => idp.sign('a', { header: { kid: `x${index}` } })),
    );
    const results = await Promise.all(forged.map((token) => verify(keys, token)));
    expect(results.every((result) => result instanceof errors.JWKSNoMatchingKey)).toBe(true);
    expect(idp.fetches).toBe(2);
  });

  it('follow a rotation as soon as a token of the new key comes', async () => {
    const keys = keysOf();
    const old = await idp.sign('a');
    await verify(keys, old);
    await idp.rotate();
    nowMs += 10_000;
    expect([await verify(keys, await idp.sign('b')), await verify(keys, old)]).toEqual(['b', 'a']);
    expect(idp.fetches).toBe(2);
  });

  it('forget a withdrawn one when they are too old, and not before they were asked for again', async () => {
    const keys = keysOf({ jwks_max_age_ms: 1_000 });
    const old = await idp.sign('a');
    await verify(keys, old);
    await idp.rotate({ withdrawOld: true });
    nowMs += 700;
    expect(await verify(keys, old)).toBe('a');
    nowMs += 300;
    expect(await verify(keys, old)).toBeInstanceOf(errors.JWKSNoMatchingKey);
  });

  it('are fetched beside the request when they grow old, so that none waits', async () => {
    const keys = keysOf({ jwks_max_age_ms: 1_000 });
    await verify(keys, await idp.sign('a'));
    nowMs += 800;
    expect(await verify(keys, await idp.sign('a'))).toBe('a');
    await waitUntil('the second fetch', () => outcomes.length === 2);
    nowMs += 900;
    idp.failWith = 500;
    expect(await verify(keys, await idp.sign('a'))).toBe('a');
  });

  it('are not had in an outage, which is tried again after a pause and not by each request', async () => {
    const keys = keysOf({ jwks_max_age_ms: 1_000 });
    const token = await idp.sign('a');
    await verify(keys, token);
    idp.failWith = 503;
    nowMs += 1_000;
    const before = idp.fetches;
    for (let index = 0; index < 20; index += 1) expect(await verify(keys, token)).toBeInstanceOf(KeysUnavailable);
    expect(idp.fetches - before).toBe(1);
    idp.failWith = null;
    nowMs += 999;
    expect(await verify(keys, token)).toBeInstanceOf(KeysUnavailable);
    nowMs += 1;
    expect(await verify(keys, token)).toBe('a');
  });

  it('that are unknown in an outage are not called wrong', async () => {
    const keys = keysOf();
    const token = await idp.sign('a');
    await verify(keys, token);
    await idp.rotate();
    idp.failWith = 500;
    nowMs += 10_000;
    expect(await verify(keys, await idp.sign('b'))).toBeInstanceOf(KeysUnavailable);
    expect(await verify(keys, token)).toBe('a');
  });

  it.each<[string, (provider: IdentityProvider) => void]>([
    ['is no JSON', (provider) => (provider.answerWith = '<html>')],
    ['is another document', (provider) => (provider.answerWith = '{"keys":{}}')],
    ['is empty', (provider) => (provider.answerWith = '')],
    ['is endless', (provider) => (provider.answerWith = `{"keys":[],"fill":"${'x'.repeat(100_000)}"}`)],
    ['leads elsewhere', (provider) => (provider.redirectTo = '/other.json')],
    ['never comes', (provider) => (provider.isSilent = true)],
  ])('are not had when the answer %s', async (_name, spoil) => {
    spoil(idp);
    const keys = keysOf({ jwks_timeout_ms: 300 });
    expect(await verify(keys, await idp.sign('a'))).toBeInstanceOf(KeysUnavailable);
    expect([outcomes, idp.fetches]).toEqual([['failed'], 1]);
  });
});

describe('an outage of the issuer', () => {
  let sidecar: TestSidecar | null = null;
  afterEach(async () => {
    await sidecar?.stop();
    sidecar = null;
  });
  const PATH = '/connections/aws-production/echo';

  it('lets those go on who were known, until their bound, and answers 503 to all others', async () => {
    const limits = { verified_token_ms: 1_500, jwks_max_age_ms: 1_000, jwks_cooldown_ms: 0, feed_reconnect_min_ms: 10 };
    const facts = [...TEST_FACTS, grant('grt_1', 'member', 'connection:aws-production')];
    sidecar = await startSidecar({ facts, config: { limits } });
    const { idp, url } = sidecar;
    const visit = async (token: string) => {
      const answer = await fetch(url + PATH, { headers: { authorization: `Bearer ${token}` } });
      const { reason } = (await answer.json()) as { reason?: string };
      return { status: answer.status, reason, retry: answer.headers.get('retry-after') };
    };
    const known = await sidecar.tokenOf('member');
    const startedAt = Date.now();
    expect((await visit(known)).status).toBe(200);
    idp.failWith = 500;
    await waitUntil('the keys to be too old', () => Date.now() - startedAt > 1_050);
    const other = await idp.sign('sub-member', { claims: { nonce: 1 } });
    const outage = { status: 503, reason: 'identity-unavailable', retry: '2' };
    expect(await visit(other)).toEqual(outage);
    if (Date.now() - startedAt < 1_400) expect((await visit(known)).status).toBe(200);
    await waitUntil('the known one to end', async () => (await visit(known)).status === 503);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(1_500);
    idp.failWith = null;
    expect((await visit(other)).status).toBe(200);
    expect(await sidecar.metrics()).toMatch(/hallpass_proxy_key_fetches_total\{outcome="failed"\} [1-9]/);
  });
});
