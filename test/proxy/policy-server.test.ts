import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ProxyConfigInput } from '../../proxy/config.ts';
import { buildWithOpa, repack, signingPair, type OpaBundleOptions } from '../support/opa-bundle.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { BundleServer } from './support/bundle-server.ts';
import { grant, TEST_FACTS } from './support/facts.ts';
import { startSidecar, type TestSidecar, type TestSidecarOptions } from './support/sidecar.ts';

const FACTS = [...TEST_FACTS, grant('grt_1', 'member', 'connection:aws-production')];
const LOCKED = { 'authz/denied.rego': 'package hallpass.authz\n\ndenied contains "all"\n' };
const NOW = Math.floor(Date.now() / 1000);
const pair = signingPair();
const SIGNING = { keys: { default: { algorithm: 'ES256' as const, key: pair.publicKey } } };

const signed = (revision: string, iat: number, more: OpaBundleOptions = {}): Promise<Buffer> =>
  buildWithOpa({ ...more, revision, sign: { pair, claims: { iat } } });

let plain: Buffer;
let locked: Buffer;
let first: Buffer;
let second: Buffer;
beforeAll(async () => {
  plain = await buildWithOpa({ revision: 'plain' });
  locked = await buildWithOpa({ revision: 'locked', files: LOCKED });
  first = await signed('first', NOW - 100);
  second = await signed('second', NOW - 50, { files: LOCKED });
});

const server = { current: new BundleServer() };
const directory = { path: '', remove: async (): Promise<void> => {} };
let sidecars: TestSidecar[] = [];

beforeEach(async () => {
  server.current = new BundleServer();
  await server.current.start();
  Object.assign(directory, await makeTemporaryDirectory('policy'));
});
afterEach(async () => {
  await Promise.all(sidecars.map((one) => one.stop()));
  sidecars = [];
  await server.current.stop();
  await directory.remove();
});

async function start(
  policy: Partial<ProxyConfigInput['policy']> = {},
  more: TestSidecarOptions = {},
): Promise<TestSidecar> {
  const settings = { bundle: server.current.url, min_delay_ms: 10, max_delay_ms: 20, ...policy };
  const sidecar = await startSidecar({ facts: FACTS, ...more, config: { policy: settings, ...more.config } });
  sidecars.push(sidecar);
  return sidecar;
}

const status = async (sidecar: TestSidecar): Promise<number> =>
  (await sidecar.visit('member', '/connections/aws-production/echo')).status;
const readyz = async (sidecar: TestSidecar) =>
  (await (await fetch(`${sidecar.opsUrl}/readyz`)).json()) as { ready: boolean; missing: string[]; warnings: string[] };
const warning = async (sidecar: TestSidecar, words: RegExp): Promise<void> => {
  await waitUntil(`the warning ${words}`, async () => words.test((await readyz(sidecar)).warnings.join()));
};
const revision = async (sidecar: TestSidecar): Promise<string | undefined> =>
  /policy_info\{revision="(.*)"\} 1/.exec(await sidecar.metrics())?.[1];

describe('a policy from a server', () => {
  it('is fetched, asked after by its ETag, and swapped when there is another', async () => {
    server.current.offer(plain);
    const sidecar = await start();
    expect(await status(sidecar)).toBe(200);
    const { requests } = server.current;
    await waitUntil('some 304', () => requests.filter((request) => request.status === 304).length > 2);
    expect(requests.filter((request) => request.status === 200)).toHaveLength(1);
    expect(requests[0]).toMatchObject({ ifNoneMatch: null, prefer: 'modes=snapshot', authorization: null });
    server.current.offer(locked);
    await waitUntil('the other policy', async () => (await status(sidecar)) === 403);
    expect(await revision(sidecar)).toBe('locked');
  });

  it('is waited for by nobody: the sidecar listens, and is ready when it has come', async () => {
    server.current.failWith = 503;
    const sidecar = await start({}, { unready: true });
    await waitUntil('the report', async () => (await readyz(sidecar)).missing.some((text) => text.includes('503')));
    expect(await status(sidecar)).toBe(503);
    server.current.offer(plain);
    server.current.failWith = null;
    await sidecar.proxy.whenReady(10_000);
    expect(await status(sidecar)).toBe(200);
  });

  it('stays when its server is away or sends something else, and that is told', async () => {
    server.current.offer(plain);
    const sidecar = await start();
    server.current.failWith = 500;
    await warning(sidecar, /answered 500/);
    server.current.failWith = null;
    await waitUntil('the end of it', async () => (await readyz(sidecar)).warnings.length === 0);
    server.current.offer(Buffer.from('<html>'));
    await warning(sidecar, /no whole gzip file/);
    expect(await sidecar.metrics()).toMatch(/hallpass_proxy_policy_refused 1\n/);
    server.current.offer(Buffer.alloc(17 * 1024 * 1024));
    await warning(sidecar, /longer than 16777216 bytes/);
    server.current.offer(new Uint8Array());
    await warning(sidecar, /sent nothing/);
    expect(await status(sidecar)).toBe(200);
    server.current.offer(locked);
    await waitUntil('the next good one', async () => (await status(sidecar)) === 403);
    expect((await readyz(sidecar)).warnings).toEqual([]);
  });

  it('is asked for with the token, which stands in no log and no answer', async () => {
    server.current.token = 'secret-token-of-the-policy';
    server.current.offer(plain);
    const sidecar = await start({}, { secrets: { policyToken: 'secret-token-of-the-policy' } });
    expect(await status(sidecar)).toBe(200);
    server.current.token = 'another';
    await warning(sidecar, /answered 401/);
    expect(JSON.stringify(await readyz(sidecar)) + (await sidecar.metrics())).not.toContain('secret-token');
  });

  it('comes at once where the server holds its answer back until there is one', async () => {
    server.current.holdsBack = true;
    server.current.offer(plain);
    const sidecar = await start({ long_poll_seconds: 60, min_delay_ms: 60_000, max_delay_ms: 60_000 });
    await waitUntil('a second question', () => server.current.requests.length === 1);
    server.current.offer(locked);
    await waitUntil('the other policy', async () => (await status(sidecar)) === 403);
    expect(server.current.requests.at(-1)?.prefer).toBe('modes=snapshot;wait=60');
  });
});

describe('a policy that must be signed', () => {
  it('is refused unsigned, and signed by somebody else', async () => {
    server.current.offer(plain);
    const sidecar = await start({ signing: SIGNING }, { unready: true });
    await waitUntil('the refusal', async () => (await readyz(sidecar)).missing.join().includes('is not signed'));
    expect(await status(sidecar)).toBe(503);
    server.current.offer(await buildWithOpa({ sign: { pair: signingPair(), claims: { iat: NOW } } }));
    await waitUntil('the refusal', async () =>
      (await readyz(sidecar)).missing.join().includes('not signed by the key'),
    );
    server.current.offer(first);
    await sidecar.proxy.whenReady(10_000);
    expect(await status(sidecar)).toBe(200);
    server.current.offer(await repack(second, { 'data.json': '{}' }));
    await warning(sidecar, /another data\.json/);
    expect(await revision(sidecar)).toBe('first');
  });

  it('is refused when there is no key to check it with', async () => {
    server.current.offer(first);
    const sidecar = await start({}, { unready: true });
    await waitUntil('the refusal', async () => (await readyz(sidecar)).missing.join().includes('policy.signing'));
  });

  it('is refused when it does not say when it was signed, unless that is not asked for', async () => {
    const timeless = await buildWithOpa({ revision: 'timeless', sign: { pair } });
    server.current.offer(timeless);
    const strict = await start({ signing: SIGNING }, { unready: true });
    await waitUntil('the refusal', async () => (await readyz(strict)).missing.join().includes('--claims-file'));
    const lax = await start({ signing: { ...SIGNING, issued_at: 'optional' } });
    expect(await revision(lax)).toBe('timeless');
    server.current.offer(first);
    await waitUntil('one with a time', async () => (await revision(lax)) === 'first');
    // From now on the time counts, or leaving it out would be the way back.
    server.current.offer(timeless);
    await warning(lax, /does not say when/);
  });
});

describe('an older policy', () => {
  it('is not accepted again, not even after a restart; signed anew it is', async () => {
    server.current.offer(first);
    const policy = { signing: SIGNING, persist_directory: join(directory.path, 'kept') };
    const sidecar = await start(policy);
    server.current.offer(second);
    await waitUntil('the newer one', async () => (await status(sidecar)) === 403);
    server.current.offer(first);
    await warning(sidecar, /signed at .* was accepted already; to go back on purpose, sign/);
    expect(await status(sidecar)).toBe(403);
    await sidecar.stop();
    sidecars = [];

    const restarted = await start(policy);
    await warning(restarted, /was accepted already/);
    expect([await status(restarted), await revision(restarted)]).toEqual([403, 'second']);
    server.current.offer(await signed('first again', NOW));
    await waitUntil('the way back', async () => (await status(restarted)) === 200);
    expect(await restarted.metrics()).toContain(`hallpass_proxy_policy_signed_timestamp_seconds ${NOW}\n`);
  });

  it('is not accepted from a file either, nor another of the same second, nor one of tomorrow', async () => {
    const bundle = join(directory.path, 'policy.tar.gz');
    await writeFile(bundle, second);
    const sidecar = await start({ bundle, poll_ms: 10, signing: SIGNING });
    expect(await revision(sidecar)).toBe('second');
    await writeFile(bundle, first);
    await warning(sidecar, /was accepted already/);
    await writeFile(bundle, await signed('twin', NOW - 50));
    await warning(sidecar, /was accepted already/);
    await writeFile(bundle, await signed('tomorrow', NOW + 86_400));
    await warning(sidecar, /signed in the future/);
    await writeFile(bundle, second);
    await waitUntil('no warning', async () => (await readyz(sidecar)).warnings.length === 0);
  });

  it('is not told from a newer one when what was accepted can not be read: nothing is used', async () => {
    const kept = join(directory.path, 'kept');
    await mkdir(kept);
    await writeFile(join(kept, 'accepted.json'), '{"issued_at":');
    server.current.offer(first);
    const sidecar = await start({ signing: SIGNING, persist_directory: kept }, { unready: true });
    await waitUntil('the refusal', async () =>
      (await readyz(sidecar)).missing.join().includes('accepted.json is damaged'),
    );
    expect(await status(sidecar)).toBe(503);
  });
});

describe('the policy kept on disk', () => {
  it('serves a start without its server, and is checked again', async () => {
    const kept = join(directory.path, 'kept');
    const policy = { signing: SIGNING, persist_directory: kept };
    server.current.offer(first);
    await start(policy);
    await sidecars[0]!.stop();
    sidecars = [];
    expect((await readdir(kept)).toSorted()).toEqual(['accepted.json', 'policy.tar.gz']);
    server.current.failWith = 503;

    const cold = await start(policy);
    expect([await status(cold), await revision(cold)]).toEqual([200, 'first']);
    await warning(cold, /answered 503/);
    await cold.stop();
    sidecars = [];

    await writeFile(
      join(kept, 'policy.tar.gz'),
      await repack(await readFile(join(kept, 'policy.tar.gz')), { 'data.json': '{}' }),
    );
    const spoilt = await start(policy, { unready: true });
    await waitUntil('the refusal', async () => (await readyz(spoilt)).missing.length > 0);
    expect(await status(spoilt)).toBe(503);
    server.current.failWith = null;
    await spoilt.proxy.whenReady(10_000);
    expect(await status(spoilt)).toBe(200);
  });

  it('is used all the same when it can not be kept, and that is told', async () => {
    const file = join(directory.path, 'a-file');
    await writeFile(file, '');
    server.current.offer(plain);
    const sidecar = await start({ persist_directory: join(file, 'kept') });
    expect(await status(sidecar)).toBe(200);
    expect((await readyz(sidecar)).warnings.join()).toMatch(/could not be kept for the next start: ENOTDIR/);
  });
});
