import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { waitUntil } from '../support/wait-until.ts';
import { setUpConsole } from './console-test.ts';

const hallpass = setUpConsole();
const { openAs } = hallpass;

const MINUTE = 60_000;
const MINUTES = 40;

/** Gives access for 40 minutes. @returns when it ends, ms since the epoch */
async function give(personId: string): Promise<number> {
  const given = await (
    await hallpass.stack.api('owner')
  ).post('/v1/grants', {
    subject_id: personId,
    resource: { type: 'target', id: 'billing-db' },
    duration_seconds: MINUTES * 60,
  });
  expect(given.status).toBe(201);
  return Date.parse(given.body.grant.expires_at as string);
}

/** What the page says is left, ms. */
async function shown(page: Page): Promise<number> {
  const text = await page.getByRole('article', { name: 'Billing database' }).getByRole('timer').textContent();
  const [minutes, seconds] = (text ?? '').split(':').map(Number);
  return (minutes! * 60 + seconds!) * 1_000;
}

/** Waits until what is shown is off by less than three seconds. */
function showsLeft(page: Page, endMs: () => number): Promise<unknown> {
  return waitUntil(
    'the countdown to be right',
    async () => Math.abs((await shown(page)) - (endMs() - Date.now())) < 3_000,
    { timeoutMs: 25_000 },
  );
}

describe('the countdown', () => {
  it('is right where the clock of the computer is wrong, and when it is moved', async () => {
    const endsAtMs = await give('per_demo_viewer');
    const page = await openAs('viewer', 'desktop', '/my-access');
    await page.clock.install({ time: Date.now() + 120 * MINUTE });
    await page.reload();
    await showsLeft(page, () => endsAtMs);
    await page.route('**/v1/me', (route) => route.abort());
    const wrong = page.getByRole('timer').filter({ hasText: /^7 h/ });
    // Again, where an answer that was on its way when the clock was moved has put the countdown right at once.
    for (let tries = 0; tries < 5 && (await wrong.count()) === 0; tries += 1) {
      await page.clock.setSystemTime(Date.now() - 300 * MINUTE);
      await wrong
        .first()
        .waitFor({ timeout: 8_000 })
        .catch(() => {});
    }
    // By the clock of the computer it has not begun, and the page has asked whether that is so, in vain.
    await page.waitForEvent('requestfailed', { predicate: (asked) => asked.url().endsWith('/v1/me'), timeout: 25_000 });
    expect(await wrong.count()).toBeGreaterThan(0);
    await page.unroute('**/v1/me');
    await waitUntil('the countdown to be in minutes', async () => !Number.isNaN(await shown(page)), {
      timeoutMs: 25_000,
    });
    await showsLeft(page, () => endsAtMs);
    expect(hallpass.complaints).toEqual([]);
  }, 120_000);

  it('is right with its first tick after a sleep, also before the server was asked', async () => {
    const endsAtMs = await give('per_demo_member');
    const page = await openAs('member', 'desktop', '/my-access');
    await page.clock.install({ time: Date.now() });
    await page.reload();
    await showsLeft(page, () => endsAtMs);
    await page.route('**/v1/me', (route) => route.abort());
    await page.clock.fastForward(20 * MINUTE);
    await showsLeft(page, () => endsAtMs - 20 * MINUTE);

    // For the server no time has passed. Once it can be asked, its clock is the one that counts.
    await page.unroute('**/v1/me');
    await page.clock.fastForward(15_000);
    await showsLeft(page, () => endsAtMs);
  }, 90_000);
});
