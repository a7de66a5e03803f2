import { readFile, rename, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '../support/wait-until.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { ended, grant, TEST_FACTS } from './support/facts.ts';
import { FEED_TOKEN } from './support/feed-source.ts';
import { startSidecar, type TestSidecar, type TestSidecarOptions } from './support/sidecar.ts';
import { TestTime } from './support/test-time.ts';

const PATH = '/connections/aws-production/echo';
const KEY = 'connection:aws-production';
const GRANTED = [...TEST_FACTS, grant('grt_1', 'member', KEY)];
/** The clock of a machine that has not heard its control plane may be off by this; so much of the bound is gone at once. */
const SKEW_MS = 200;

/** A start without the control plane, from what was kept on the disk. */
describe('a snapshot of the facts on disk', () => {
  let directory: { path: string; remove(): Promise<void> };
  let file: string;
  let running: TestSidecar[] = [];
  beforeEach(async () => {
    directory = await makeTemporaryDirectory('sf');
    file = join(directory.path, 'facts.snapshot');
  });
  afterEach(async () => {
    for (const sidecar of running) await sidecar.stop();
    running = [];
    await directory.remove();
  });

  const start = async (options: TestSidecarOptions & { readonly maxAgeMs?: number } = {}) => {
    const { maxAgeMs = 60_000, ...rest } = options;
    const sidecar = await startSidecar({
      ...rest,
      config: {
        ...rest.config,
        facts: { max_age_ms: maxAgeMs, snapshot_file: file, snapshot_interval_ms: 50 },
        limits: { feed_reconnect_min_ms: 10, feed_reconnect_max_ms: 50, shutdown_grace_ms: 50, clock_skew_ms: SKEW_MS },
      },
    });
    running.push(sidecar);
    return sidecar;
  };
  const stop = async (sidecar: TestSidecar) => {
    await sidecar.stop();
    running = running.filter((one) => one !== sidecar);
  };
  /** A sidecar that was there before and is gone, in peace. */
  const leaveFile = async (facts = GRANTED) => {
    const sidecar = await start({ facts });
    await stop(sidecar);
  };
  /** Without its control plane. */
  const startAlone = (options: Parameters<typeof start>[0] = {}) =>
    start({ unready: true, ...options, prepare: (feed) => (feed.refuseWith = 503) });
  const statusOf = async (sidecar: TestSidecar, name = 'member') => (await sidecar.visit(name, PATH)).status;
  /** Asks until nothing is served any more. @returns when the last request that was let in was begun */
  const lastHonoured = async (sidecar: TestSidecar) => {
    let last = 0;
    await waitUntil('the bound', async () => {
      const before = Date.now();
      const status = await statusOf(sidecar);
      if (status === 200) last = before;
      return status === 503;
    });
    return last;
  };
  const eventsOf = async (sidecar: TestSidecar) =>
    /snapshot_file_events_total\{event="(loaded|ignored)"\} 1/.exec(await sidecar.metrics())?.[1];

  it('lets a sidecar start and serve while the control plane is down, for what is left of the bound', async () => {
    await leaveFile();
    const leftAt = Date.now();
    const sidecar = await startAlone({ maxAgeMs: 10_000 });
    expect([await statusOf(sidecar), await statusOf(sidecar, 'member2')]).toEqual([200, 403]);
    expect(sidecar.proxy.readiness()).toMatchObject({
      ready: true,
      warnings: [expect.stringMatching(/^the feed is not connected: .* 503/)],
    });
    expect(await eventsOf(sidecar)).toBe('loaded');
    expect(await lastHonoured(sidecar)).toBeLessThanOrEqual(leftAt + 10_000);
  });

  it('holds what changed since it was begun, and the feed goes on from there', async () => {
    const first = await start({ facts: GRANTED });
    for (let index = 0; index < 20; index += 1) first.feed.change(grant(`grt_x${index}`, 'member2', KEY));
    first.feed.change(ended('grt_1'));
    await waitUntil('the report', () => first.feed.applied.at(-1) === 21);
    await waitUntil('an addition', async () => /event="appended"\} [1-9]/.test(await first.metrics()));
    // Pulled out, as it were: what is in the file now is all there is.
    const left = await readFile(file);
    await stop(first);
    await writeFile(file, left);
    const sidecar = await startAlone();
    expect([await statusOf(sidecar), await statusOf(sidecar, 'member2')]).toEqual([403, 200]);
    // The control plane as it was, and no snapshot needed.
    sidecar.feed.revision = 21;
    sidecar.feed.refuseWith = null;
    await waitUntil('a stream', () => sidecar.feed.requests.length > 0);
    expect(sidecar.feed.requests[0]).toMatchObject({ epoch: 'epoch-1', revision: 21, mark: 'first-21' });
    await waitUntil('the report', () => sidecar.feed.applied.at(-1) === 21);
    expect(await statusOf(sidecar, 'member2')).toBe(200);
  });

  it('is readable by nobody else, and says nothing without the credential', async () => {
    await leaveFile();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const text = (await readFile(file)).toString('latin1');
    for (const secret of ['member@example.com', 'per_member', 'aws-production', FEED_TOKEN]) {
      expect(text).not.toContain(secret);
    }
  });

  it.each<[string, (options: { bytes: Buffer }) => Promise<void> | void]>([
    ['is empty', ({ bytes }) => writeFile(file, bytes.subarray(0, 0))],
    ['is cut off in its header', ({ bytes }) => writeFile(file, bytes.subarray(0, 10))],
    ['is cut off before its facts are whole', ({ bytes }) => writeFile(file, bytes.subarray(0, 200))],
    ['has another bit in its header', ({ bytes }) => writeFile(file, flip(bytes, 7))],
    ['has another bit in its facts', ({ bytes }) => writeFile(file, flip(bytes, 300))],
    ['has another bit in its last confirmation', ({ bytes }) => writeFile(file, flip(bytes, bytes.length - 5))],
    [
      'claims to be endless',
      ({ bytes }) => writeFile(file, Buffer.concat([bytes.subarray(0, 21), Buffer.alloc(64, 0xff)])),
    ],
    ['is something else', () => writeFile(file, 'facts: all of them\n'.repeat(100))],
  ])('is passed over when it %s: the sidecar starts as without', async (_name, damage) => {
    await leaveFile();
    await damage({ bytes: await readFile(file) });
    const sidecar = await startAlone();
    expect(await statusOf(sidecar)).toBe(503);
    expect(sidecar.proxy.readiness().missing).toEqual(['facts: no snapshot has arrived yet']);
    expect(await eventsOf(sidecar)).toBe('ignored');
    sidecar.feed.refuseWith = null;
    await sidecar.proxy.whenReady(5_000);
  });

  it('is an older state when its end was torn off, and never a wrong one', async () => {
    const first = await start({ facts: GRANTED });
    await waitUntil('a file', async () => /event="appended"\} [1-9]/.test(await first.metrics()));
    const revokedAt = Date.now();
    first.feed.change(ended('grt_1'));
    await waitUntil('the report', () => first.feed.applied.at(-1) === 1);
    await stop(first);
    const { size } = await stat(file);
    await truncate(file, size - 1);
    const sidecar = await startAlone({ maxAgeMs: 8_000 });
    // The revocation may be in what is left or not; if not, the bound counts from before it.
    expect(await lastHonoured(sidecar)).toBeLessThanOrEqual(revokedAt + 8_000);
  });

  it.each<[string, Partial<TestSidecarOptions>]>([
    ['another credential', { feedToken: 'another-credential' }],
    ['other resources', { config: { decision_api: { port: 0, resources: ['*'] } } }],
  ])('is passed over when it was made with %s', async (_name, options) => {
    await leaveFile();
    const sidecar = await startAlone(options);
    expect(await statusOf(sidecar)).toBe(503);
    expect(await eventsOf(sidecar)).toBe('ignored');
  });

  it.each<[string, number]>([
    ['older than the bound', 60_000],
    ['older than what is left of the bound when this clock may be off', 60_000 - SKEW_MS + 50],
    ['of the future', -SKEW_MS - 2_000],
  ])('is passed over when it is %s', async (_name, laterMs) => {
    await leaveFile();
    const time = new TestTime();
    time.step(laterMs);
    const sidecar = await startAlone({ time });
    expect(await statusOf(sidecar)).toBe(503);
    expect(await eventsOf(sidecar)).toBe('ignored');
  });

  it('is used at no age but its own: one that was put back later is as old as it is', async () => {
    await leaveFile();
    const kept = await readFile(file);
    const keptAt = Date.now();
    const second = await start({ facts: TEST_FACTS });
    await stop(second);
    await writeFile(`${file}.kept`, kept);
    await rename(`${file}.kept`, file);
    const sidecar = await startAlone({ maxAgeMs: 10_000 });
    expect(await lastHonoured(sidecar)).toBeLessThanOrEqual(keptAt + 10_000);
  });

  it('is no way back to an older state: a control plane that is behind it is refused', async () => {
    const first = await start({ facts: GRANTED });
    first.feed.change(ended('grt_1'));
    await waitUntil('the report', () => first.feed.applied.at(-1) === 1);
    await stop(first);
    const sidecar = await startAlone();
    expect(await statusOf(sidecar)).toBe(403);
    sidecar.feed.change(...GRANTED.slice(-1));
    sidecar.feed.revision = 0;
    sidecar.feed.refuseWith = null;
    await waitUntil('the refusal', () => sidecar.proxy.readiness().warnings?.join().includes('restored from a backup'));
    expect(await statusOf(sidecar)).not.toBe(200);
  });

  it('that can not be written stops nothing', async () => {
    file = join(directory.path, 'nowhere', 'facts.snapshot');
    const sidecar = await start({ facts: GRANTED });
    await waitUntil('a failure', async () => /event="failed"\} [1-9]/.test(await sidecar.metrics()));
    expect(await statusOf(sidecar)).toBe(200);
  });
});

function flip(bytes: Buffer, place: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(place) ^ 4, place);
  return copy;
}
