import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { waitUntil } from '../support/wait-until.ts';
import { setUpConsole } from './console-test.ts';
import { seriousViolations, takePicture } from './test-browser.ts';

const BELL = /^Notifications(, \d+\+? unread)?$/;

const hallpass = setUpConsole();
const { openAs } = hallpass;

async function ask(who: string, reason: string): Promise<string> {
  const api = await hallpass.stack.api(who);
  const answer = await api.post('/v1/access-requests', {
    resource: { type: 'connection', id: 'aws-production' },
    reason,
    duration_seconds: 3_600,
  });
  expect(answer.status).toBe(201);
  return answer.body.id as string;
}

async function unread(who: string): Promise<{ title: string; body: string }[]> {
  const answer = await (await hallpass.stack.api(who)).get('/v1/notifications?unread=true');
  return answer.body.items as { title: string; body: string }[];
}

const bell = (page: Page) => page.getByRole('link', { name: BELL }).filter({ visible: true });
const bellText = (page: Page) => bell(page).first().getAttribute('aria-label');

function bellSays(page: Page, words: string, timeoutMs = 15_000): Promise<unknown> {
  return waitUntil(`the bell to say ${words}`, async () => (await bellText(page)) === words, { timeoutMs });
}

describe('notifications', () => {
  it('are counted on the bell, lead to what they are about, and are read by being opened', async () => {
    const id = await ask('member', 'Invoices of last night are missing.');
    await ask('member2', 'A customer waits for the export.');
    await waitUntil('two unread notifications', async () => (await unread('admin')).length === 2);

    const page = await openAs('admin', 'desktop', '/notifications');
    const about = page.getByRole('link', { name: /asks for connection:aws-production/ });
    await waitUntil('both in the list', async () => (await about.count()) === 2);
    expect(await bellText(page)).toBe('Notifications, 2 unread');
    expect(
      await page
        .getByText(/^just now$|ago$/)
        .first()
        .getAttribute('title'),
    ).toMatch(/\d{4}-\d\d-\d\dT[\d:.]+Z/);
    await takePicture(page, 'desktop', 'notifications');
    expect(await seriousViolations(page)).toEqual([]);

    await page.getByRole('listitem').filter({ hasText: 'Invoices of last night' }).getByRole('link').click();
    await page.waitForURL(`${hallpass.stack.urls.admin}/review/${id}`);
    await bellSays(page, 'Notifications, 1 unread');
    expect((await unread('admin')).map(({ body }) => body)).toEqual([
      expect.stringContaining('A customer waits for the export.'),
    ]);

    await page.goBack();
    await waitUntil('one in the list', async () => (await about.count()) === 1);
    await page.getByRole('tab', { name: 'All' }).click();
    await waitUntil('both in the list', async () => (await about.count()) === 2);
    expect(await page.getByText('New', { exact: true }).count()).toBe(1);
    expect(await seriousViolations(page)).toEqual([]);

    await page.getByRole('button', { name: 'Mark all as read' }).click();
    await bellSays(page, 'Notifications');
    expect(await unread('admin')).toEqual([]);
    expect(await page.getByText('New', { exact: true }).count()).toBe(0);
    await page.getByRole('tab', { name: 'Unread' }).click();
    await page.getByText('Nothing unread').waitFor();
    expect(hallpass.complaints).toEqual([]);
  }, 120_000);

  it('arrive while the page is open, also on a phone', async () => {
    const page = await openAs('viewer', 'phone', '/my-access');
    await bellSays(page, 'Notifications');
    const owner = await hallpass.stack.api('owner');
    const given = await owner.post('/v1/grants', {
      subject_id: 'per_demo_viewer',
      scope_id: 'production',
      duration_seconds: 3_600,
    });
    expect(given.status).toBe(201);
    await bellSays(page, 'Notifications, 1 unread', 60_000);
    await bell(page).first().click();
    await page.getByRole('link', { name: 'You were given scope:production' }).waitFor();
    await takePicture(page, 'phone', 'notifications');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('link', { name: 'You were given scope:production' }).click();
    await page.waitForURL(`${hallpass.stack.urls.admin}/my-access`);
    await waitUntil('it to be read', async () => (await unread('viewer')).length === 0);
    expect(hallpass.complaints).toEqual([]);
  }, 120_000);
});

describe('the strip of what is about to end', () => {
  it('counts down on every page, leads to My access, and is gone at the end', async () => {
    const given = await (
      await hallpass.stack.api('owner')
    ).post('/v1/grants', {
      subject_id: 'per_demo_member2',
      resource: { type: 'connection', id: 'aws-production' },
      duration_seconds: 25,
    });
    const endsAtMs = Date.parse(given.body.grant.expires_at as string);
    const page = await openAs('member2', 'phone', '/access-requests');
    const strip = page.getByRole('region', { name: 'Access that is about to end' });
    await strip.getByText('AWS production').waitFor();
    expect(await strip.getByRole('timer').textContent()).toMatch(/^00:[012]\d$/);
    await page.getByRole('heading', { name: 'Access Requests' }).waitFor();
    await takePicture(page, 'phone', 'ending-strip');
    expect(await seriousViolations(page)).toEqual([]);
    await strip.getByRole('link', { name: 'See in My access' }).click();
    await page.waitForURL(`${hallpass.stack.urls.admin}/my-access`);
    const pass = page.getByRole('article', { name: 'AWS production' });
    await pass.getByRole('timer').waitFor();

    await strip.waitFor({ state: 'detached', timeout: 40_000 });
    // At the end, give or take how long the server's clock took to be read.
    expect(Date.now()).toBeGreaterThanOrEqual(endsAtMs - 1_000);
    await pass.waitFor({ state: 'detached' });
    expect(hallpass.complaints).toEqual([]);
  }, 90_000);

  it('is not there for what lasts longer', async () => {
    const page = await openAs('member', 'desktop', '/my-access');
    await page.getByText('scope:staging').waitFor();
    expect(await page.getByRole('region', { name: 'Access that is about to end' }).count()).toBe(0);
  }, 30_000);
});
