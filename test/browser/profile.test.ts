import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startStack, type Stack } from '../support/quickstart-stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import {
  launchBrowser,
  openFor,
  seriousViolations,
  takePicture,
  type PersonalBrowser,
  type ViewportName,
} from './test-browser.ts';

let stack: Stack;
let browser: Browser;
const people: PersonalBrowser[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
  stack = await startStack('embedded');
  const given = await (
    await stack.api('owner')
  ).post('/v1/grants', {
    subject_id: 'per_demo_member',
    resource: { type: 'connection', id: 'aws-production' },
    // Less than an hour from the first moment on: from an hour up a countdown is told in hours and minutes.
    duration_seconds: 3_500,
  });
  expect(given.status).toBe(201);
}, 120_000);
afterEach(async () => {
  expect(people.flatMap(({ complaints }) => complaints)).toEqual([]);
  for (const person of people.splice(0)) await person.context.close();
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
}, 60_000);

async function openAs(who: string, viewport: ViewportName, path = '/settings/profile'): Promise<Page> {
  const person = await openFor(browser, viewport);
  people.push(person);
  const { page } = person;
  await page.goto(stack.urls.admin + path);
  await page.getByRole('button', { name: new RegExp(`^.*${who}@example\\.com`) }).click();
  await page.waitForURL(stack.urls.admin + path);
  return page;
}

const sessionsOf = (page: Page) => page.getByRole('region', { name: 'Where you are signed in' }).getByRole('listitem');

describe('the profile', () => {
  it.each<ViewportName>(['desktop', 'phone'])(
    'says who one is, what one has and for how long, on a %s',
    async (viewport) => {
      const page = await openAs('member', viewport);
      await page.getByRole('heading', { level: 1, name: 'Profile' }).waitFor();
      const who = page.getByRole('region', { name: 'Who you are' });
      for (const words of ['member@example.com', 'Member', 'UTC', 'per_demo_member']) {
        await who.getByText(words, { exact: true }).first().waitFor();
      }
      const access = page.getByRole('region', { name: 'Access you have now' });
      const row = access.getByRole('listitem').filter({ hasText: 'AWS production' });
      expect(await row.getByRole('timer').textContent()).toMatch(/^\d\d:\d\d(:\d\d)?$/);
      expect(await who.getByRole('link', { name: 'Notification preferences' }).getAttribute('href')).toBe(
        '/settings/notification-preferences',
      );
      await sessionsOf(page).filter({ hasText: 'This one' }).waitFor();
      const wider = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      expect(wider).toBeLessThanOrEqual(0);
      expect(await seriousViolations(page)).toEqual([]);
      await takePicture(page, viewport, 'profile');
      await page.emulateMedia({ colorScheme: 'dark' });
      await takePicture(page, viewport, 'profile-dark');
      await page.evaluate('scrollTo(0, document.body.scrollHeight)');
      await takePicture(page, viewport, 'profile-dark-end');
    },
    60_000,
  );

  it('is in the navigation of everybody, without what is for Admins', async () => {
    const page = await openAs('viewer', 'desktop', '/my-access');
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Profile' }).click();
    await page.waitForURL(`${stack.urls.admin}/settings/profile`);
    await page.getByText('No grants at the moment').waitFor();
    expect(await page.getByRole('link', { name: 'Audit Log' }).count()).toBe(0);
  }, 60_000);

  it('lets one choose colours, which stay', async () => {
    const page = await openAs('viewer', 'desktop');
    const scheme = () => page.locator('html').getAttribute('data-mantine-color-scheme');
    await page.getByText('Dark', { exact: true }).click();
    await waitUntil('dark', async () => (await scheme()) === 'dark');
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Profile' }).waitFor();
    expect(await scheme()).toBe('dark');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByText('As the system', { exact: true }).click();
    await waitUntil('light, as the system', async () => (await scheme()) === 'light');
  }, 60_000);

  it('signs out one other browser, then all others, which notice at once', async () => {
    const mine = await openAs('admin2', 'desktop');
    const phone = await openAs('admin2', 'phone');
    await mine.reload();
    await waitUntil('both', async () => (await sessionsOf(mine).count()) === 2);
    await sessionsOf(mine)
      .filter({ hasNotText: 'This one' })
      .getByRole('button', { name: /^Sign out Chrome/ })
      .click();
    await phone.getByRole('heading', { name: 'Sign in to Hallpass' }).waitFor();
    await waitUntil('one', async () => (await sessionsOf(mine).count()) === 1);

    const others = [await openAs('admin2', 'phone'), await openAs('admin2', 'phone')];
    await mine.reload();
    await mine.getByRole('button', { name: 'Sign out everywhere else' }).click();
    await mine.getByRole('dialog').getByRole('button', { name: 'Sign out', exact: true }).click();
    for (const other of others) await other.getByRole('heading', { name: 'Sign in to Hallpass' }).waitFor();
    await mine.getByText('You are signed out everywhere else.').waitFor();
    expect(await sessionsOf(mine).count()).toBe(1);
    await mine.getByRole('button', { name: 'Sign out here' }).click();
    await mine.getByRole('heading', { name: 'Sign in to Hallpass' }).waitFor();
  }, 90_000);

  it('says when sessions can not be read, and tries again', async () => {
    const person = await openFor(browser, 'desktop');
    people.push(person);
    const { page, context } = person;
    await context.route('**/v1/sessions', (route) =>
      route.fulfill({
        status: 500,
        contentType: 'application/problem+json',
        body: '{"code":"x","title":"Not now","detail":"Not now."}',
      }),
    );
    await page.goto(`${stack.urls.admin}/settings/profile`);
    await page.getByRole('button', { name: /viewer@example\.com/ }).click();
    const sessions = page.getByRole('region', { name: 'Where you are signed in' });
    await sessions.getByText('Not now', { exact: true }).waitFor();
    await context.unroute('**/v1/sessions');
    await sessions.getByRole('button', { name: 'Try again' }).click();
    await sessionsOf(page).first().waitFor();
  }, 60_000);
});
