import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startStack, type Stack } from '../support/quickstart-stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { launchBrowser, openFor, type PersonalBrowser } from './test-browser.ts';

let stack: Stack;
let browser: Browser;
const people: PersonalBrowser[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
  stack = await startStack('embedded');
}, 120_000);
afterEach(async () => {
  for (const person of people.splice(0)) await person.context.close();
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
}, 60_000);

const STREAM = '/v1/stream';

/** Timers of the page stand still from now on: whatever changes does so because the server said so. */
async function stopPolling(page: Page): Promise<void> {
  await page.evaluate(`{
    for (let id = setInterval(() => {}, 1e9); id > 0; id -= 1) clearInterval(id);
    const real = window.setTimeout;
    window.setInterval = () => 0;
    window.setTimeout = (work, delay, ...rest) => (delay >= 400 ? 0 : real(work, delay, ...rest));
  }`);
}

async function openAs(who: string, path: string): Promise<PersonalBrowser> {
  const person = await openFor(browser, 'desktop');
  people.push(person);
  const stream = person.page.waitForResponse((answer) => answer.url().endsWith(STREAM));
  await person.page.goto(stack.urls.admin + path);
  await person.page.getByRole('button', { name: new RegExp(`${who}@example\\.com`) }).click();
  await person.page.waitForURL(stack.urls.admin + path);
  expect((await stream).status()).toBe(200);
  return person;
}

async function ask(who: string): Promise<string> {
  const asked = await (
    await stack.api(who)
  ).post('/v1/access-requests', {
    resource: { type: 'connection', id: 'aws-production' },
    reason: 'To see it happen.',
    duration_seconds: 3_600,
  });
  expect(asked.status).toBe(201);
  return asked.body.id as string;
}

function streamsOf(context: BrowserContext): { readonly open: () => number } {
  let open = 0;
  const count = (change: number) => (request: { url(): string }) => {
    if (request.url().endsWith(STREAM)) open += change;
  };
  context.on('request', count(1)).on('requestfinished', count(-1)).on('requestfailed', count(-1));
  return { open: () => open };
}

describe('a page that is open', () => {
  it('shows within a second what happens elsewhere, without asking again and again', async () => {
    const id = await ask('member');
    const { page, complaints } = await openAs('member', `/access-requests/${id}`);
    const reviewer = await openAs('admin', `/review/${id}`);
    await page.getByText('Waiting for one approval').waitFor();
    await stopPolling(page);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));

    await reviewer.page.getByRole('button', { name: 'Approve as asked' }).click();
    await reviewer.page.getByText(/^Approved\./).waitFor();
    await page.getByText(/^Approved\./).waitFor({ timeout: 1_000 });
    expect(asked).toContain(`/v1/access-requests/${id}`);
    expect(complaints).toEqual([]);
  }, 60_000);

  it('connects again by itself, and is told from then on', async () => {
    const person = await openFor(browser, 'desktop');
    people.push(person);
    const { page, context } = person;
    await context.route(`**${STREAM}`, (route) => route.abort());
    let failed = 0;
    page.on('requestfailed', (request) => {
      if (request.url().endsWith(STREAM)) failed += 1;
    });
    await page.goto(`${stack.urls.admin}/my-access`);
    await page.getByRole('button', { name: /viewer@example\.com/ }).click();
    await waitUntil('a second try', () => failed >= 2);
    await context.unroute(`**${STREAM}`);
    await page.waitForResponse((answer) => answer.url().endsWith(STREAM) && answer.ok());
    // What it may have missed is read first.
    await page.waitForResponse((answer) => new URL(answer.url()).pathname === '/v1/grants');
    await stopPolling(page);
    const given = await (
      await stack.api('owner')
    ).post('/v1/grants', { subject_id: 'per_demo_viewer', scope_id: 'production', duration_seconds: 3_600 });
    expect(given.status).toBe(201);
    await page.getByRole('article', { name: 'Production' }).waitFor({ timeout: 5_000 });
  }, 60_000);

  it('shares one stream with the other tabs of its browser, which the next one takes over', async () => {
    const first = await openFor(browser, 'desktop');
    people.push(first);
    const streams = streamsOf(first.context);
    await first.page.goto(`${stack.urls.admin}/my-access`);
    await first.page.getByRole('button', { name: /member2@example\.com/ }).click();
    await waitUntil('the stream', () => streams.open() === 1);
    const second = await first.context.newPage();
    await second.goto(`${stack.urls.admin}/my-access`);
    await second.getByRole('heading', { name: 'My access' }).waitFor();

    const give = async () => {
      const given = await (
        await stack.api('owner')
      ).post('/v1/grants', {
        subject_id: 'per_demo_member2',
        resource: { type: 'connection', id: 'aws-production' },
        duration_seconds: 3_600,
      });
      expect(given.status).toBe(201);
      return given.body.grant.id as string;
    };
    const passes = second.getByRole('article', { name: 'AWS production' });
    await stopPolling(second);
    const id = await give();
    await passes.waitFor({ timeout: 5_000 });
    expect(streams.open()).toBe(1);

    await first.page.close();
    await second.reload();
    await waitUntil('the stream in the other tab', () => streams.open() >= 1);
    await stopPolling(second);
    await passes.waitFor();
    await (await stack.api('owner')).post(`/v1/grants/${id}/revoke`, {});
    await passes.waitFor({ state: 'detached', timeout: 5_000 });
  }, 60_000);

  it('is signed out with its session, at once', async () => {
    const { page, context } = await openAs('member', '/my-access');
    const other = await context.newPage();
    await other.goto(`${stack.urls.admin}/my-access`);
    await stopPolling(other);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await other.getByRole('heading', { name: 'Sign in to Hallpass' }).waitFor({ timeout: 5_000 });
  }, 60_000);
});
