import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '../support/wait-until.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { ended, grant, TEST_FACTS } from './support/facts.ts';
import { openWebSocket } from './support/open-connections.ts';
import { startSidecar, type TestSidecar, type TestSidecarOptions } from './support/sidecar.ts';
import { TestTime } from './support/test-time.ts';

const BASE = '/connections/aws-production';
const KEY = 'connection:aws-production';
const MAX_AGE_MS = 4_000;
const SKEW_MS = 500;
const HOUR = 3_600_000;

/** docs/partition.md: a grant that is revoked at T is honoured by no sidecar from T + max_age_ms on. */
describe('a grant that is revoked while a sidecar is cut off', () => {
  let directory: { path: string; remove(): Promise<void> };
  const running: TestSidecar[] = [];
  beforeEach(async () => {
    directory = await makeTemporaryDirectory('pt');
  });
  afterEach(async () => {
    for (const sidecar of running.splice(0)) await sidecar.stop();
    await directory.remove();
  });

  const start = async (options: TestSidecarOptions = {}) => {
    const sidecar = await startSidecar({
      facts: [...TEST_FACTS, grant('grt_1', 'member', KEY)],
      ...options,
      config: {
        facts: { max_age_ms: MAX_AGE_MS, snapshot_file: join(directory.path, 'facts'), snapshot_interval_ms: 100 },
        limits: { feed_reconnect_min_ms: 10, feed_reconnect_max_ms: 50, shutdown_grace_ms: 50, clock_skew_ms: SKEW_MS },
      },
    });
    running.push(sidecar);
    return sidecar;
  };
  /** Nothing gets through any more, on streams that are there or not. @returns the moment of the revocation after that */
  const cutOffAndRevoke = (sidecar: TestSidecar, how: 'broken' | 'silent' = 'broken') => {
    sidecar.feed.isTalking = false;
    if (how === 'broken') {
      sidecar.feed.refuseWith = 503;
      sidecar.feed.breakStreams();
    }
    const revokedAt = Date.now();
    if (how === 'broken') sidecar.feed.change(ended('grt_1'));
    return revokedAt;
  };
  /** Asks until it is refused for good. @returns when the last request that was let in was begun */
  const lastHonoured = async (sidecar: TestSidecar) => {
    let last = 0;
    await waitUntil('the refusal', async () => {
      const before = Date.now();
      const { status } = await sidecar.visit('member', `${BASE}/echo`);
      if (status === 200) last = before;
      return status === 503;
    });
    return last;
  };

  it.each(['broken', 'silent'] as const)(
    'lives until the bound and no longer, open connections too, when the line is %s',
    async (how) => {
      const sidecar = await start();
      const socket = await openWebSocket(`${sidecar.url}${BASE}/ws`, await sidecar.tokenOf('member'));
      const revokedAt = cutOffAndRevoke(sidecar, how);
      let lastOpen = 0;
      const closed = waitUntil('the cut', () => {
        if (socket.isOpen()) lastOpen = Date.now();
        return !socket.isOpen();
      });
      const last = await lastHonoured(sidecar);
      await closed;
      expect(last).toBeLessThan(revokedAt + MAX_AGE_MS);
      // It did go on for a while: the bound is what ended it.
      expect(last).toBeGreaterThan(revokedAt + MAX_AGE_MS / 4);
      expect(lastOpen).toBeLessThan(revokedAt + MAX_AGE_MS + 500);
    },
  );

  it.each([-HOUR, -MAX_AGE_MS, HOUR])('lives no longer when the wall clock is set by %i ms meanwhile', async (ms) => {
    const time = new TestTime();
    const sidecar = await start({ time });
    const revokedAt = cutOffAndRevoke(sidecar);
    time.step(ms);
    expect(await lastHonoured(sidecar)).toBeLessThan(revokedAt + MAX_AGE_MS);
  });

  it('lives no longer by a sidecar that is started again and again from its snapshot', async () => {
    const first = await start();
    await waitUntil('a file', async () => /event="appended"\} [1-9]/.test(await first.metrics()));
    const revokedAt = cutOffAndRevoke(first);
    await first.stop();
    running.splice(0);
    let last = 0;
    await waitUntil('the end of it', async () => {
      // The machine's clock is behind by as much as it may be.
      const time = new TestTime();
      time.step(-SKEW_MS);
      const again = await start({ unready: true, time, prepare: (feed) => (feed.refuseWith = 503) });
      const before = Date.now();
      const { status } = await again.visit('member', `${BASE}/echo`);
      if (status === 200) last = before;
      await again.stop();
      running.splice(0);
      return status !== 200;
    });
    expect(last).toBeLessThan(revokedAt + MAX_AGE_MS);
  });

  it('is refused at once when the line is back, before anything else is served', async () => {
    const sidecar = await start();
    cutOffAndRevoke(sidecar);
    expect((await sidecar.visit('member', `${BASE}/echo`)).status).toBe(200);
    sidecar.feed.isTalking = true;
    sidecar.feed.refuseWith = null;
    await waitUntil('the report', () => sidecar.feed.applied.at(-1) === 1);
    expect((await sidecar.visit('member', `${BASE}/echo`)).status).toBe(403);
  });
});
