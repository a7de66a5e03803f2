import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startStack, type Stack } from '../support/quickstart-stack.ts';
import {
  launchBrowser,
  openFor,
  seriousViolations,
  takePicture,
  type PersonalBrowser,
  type ViewportName,
} from './test-browser.ts';

const PATH = '/connections/aws-production/';

let stack: Stack;
let browser: Browser;
let member: PersonalBrowser;
let admin: PersonalBrowser;
let viewport: ViewportName;

beforeAll(async () => {
  browser = await launchBrowser();
  stack = await startStack('embedded');
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
}, 60_000);

async function open(name: ViewportName): Promise<void> {
  viewport = name;
  [member, admin] = await Promise.all([openFor(browser, name), openFor(browser, name)]);
}
beforeEach(() => {
  member = admin = undefined as unknown as PersonalBrowser;
});
afterEach(async () => {
  await member?.context.close();
  await admin?.context.close();
});

/** A picture for the README, and nothing on the page that keeps people from using it. */
async function show(page: Page, name: string): Promise<void> {
  await page.evaluate('document.fonts.ready');
  await takePicture(page, viewport, name);
  expect(await seriousViolations(page)).toEqual([]);
}

async function signInAs(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`${name}@example\\.com`) }).click();
}

/** From the address in the browser to the waiting page, the way a person goes. */
async function askFor(person: string, reason: string, fillDuration: (page: Page) => Promise<void>): Promise<void> {
  const { page } = member;
  const unknown = await page.goto(stack.urls.proxy + PATH);
  expect(unknown!.status()).toBe(401);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Sign in to Hallpass' }).waitFor();
  await show(page, '0-sign-in');
  // Whoever signed in because a sidecar asked is brought back to it, and is told now what they may not do.
  const refused = page.waitForResponse((answer) => answer.url() === stack.urls.proxy + PATH);
  await signInAs(page, person);
  expect((await refused).status()).toBe(403);
  await page.getByRole('link', { name: 'Request Access' }).waitFor();
  await show(page, '1-denied');
  await page.getByRole('link', { name: 'Request Access' }).click();

  await page.waitForURL(/\/access-requests\/new\?resource=connection:aws-production/);
  await page.getByText('AWS production').first().waitFor();
  await page.getByLabel('Reason').fill(reason);
  await fillDuration(page);
  await page.getByRole('button', { name: 'Send request' }).scrollIntoViewIfNeeded();
  await page
    .getByText(/Admins|Owner|reviewers?/i)
    .first()
    .waitFor();
  await page.evaluate('scrollTo(0, 0)');
  await show(page, '2-request-form');
  await page.getByRole('button', { name: 'Send request' }).click();

  await page.getByText('Waiting for one approval').waitFor();
  await show(page, '3-waiting');
}

/** In another browser. */
async function openReview(): Promise<Page> {
  const { page } = admin;
  await page.goto(`${stack.urls.admin}/review`);
  await signInAs(page, 'admin');
  const review = page.getByRole('link', { name: /^Review the request of/ });
  await review.first().waitFor();
  for (const title of ['Requester', 'Resource', 'Reason', 'Requested duration', 'Submitted']) {
    expect(await page.getByText(title, { exact: true }).count()).toBeGreaterThan(0);
  }
  await show(page, '4-review-queue');
  await review.first().click();
  await page.getByRole('button', { name: 'Approve as asked' }).waitFor();
  await show(page, '5-review-request');
  return page;
}

/** The waiting page notices by itself and brings the member back to the very address. */
async function returnToProduct(): Promise<void> {
  const { page } = member;
  const [response] = await Promise.all([
    page.waitForResponse((answer) => answer.url() === stack.urls.proxy + PATH, { timeout: 30_000 }),
    page.waitForURL(stack.urls.proxy + PATH, { timeout: 30_000 }),
  ]);
  expect(response.status()).toBe(200);
  await page.getByText(/Event stream open, tick \d+/).waitFor();
}

async function expectCutAndRefused(): Promise<void> {
  const { page } = member;
  await page.getByText('The event stream was cut.').waitFor({ timeout: 60_000 });
  const again = await page.reload();
  expect(again!.status()).toBe(403);
}

async function readAudit(page: Page, lastEvent: RegExp): Promise<void> {
  await page.getByRole('link', { name: 'In the Audit Log', exact: true }).click();
  await page.getByText('The story of one request').first().waitFor();
  const entry = page.locator('table').getByText(lastEvent).first();
  await entry.waitFor({ timeout: 30_000 });
  await show(page, '10-audit-story');
  await page.goto(`${stack.urls.admin}/settings/audit-log`);
  await entry.waitFor();
  await show(page, '11-audit-log');
}

describe('in a browser', () => {
  it('from denial to access for a shorter time than asked, and given up again', async () => {
    await open('desktop');
    await askFor('member', 'Invoices of last night are missing; I want to read the export job.', (page) =>
      page.getByText('4 hours', { exact: true }).click(),
    );
    const reviewer = await openReview();
    await reviewer.getByRole('button', { name: 'Approve with changes' }).click();
    await reviewer.getByText('1 hour', { exact: true }).click();
    await reviewer.getByLabel(/^Note/).fill('An hour is enough to look.');
    await show(reviewer, '6-approve-with-changes');
    await reviewer.getByRole('button', { name: 'Approve with these changes' }).click();
    await reviewer.getByText(/^Approved\./).waitFor();

    await member.page.getByText(/^Approved\. You have access/).waitFor();
    await show(member.page, '7-approved');
    await returnToProduct();
    await takePicture(member.page, viewport, '8-in');

    const profile = await member.context.newPage();
    await profile.goto(`${stack.urls.admin}/my-access`);
    await profile.getByRole('article').getByRole('timer').first().waitFor();
    await show(profile, '9-my-access');
    await profile.getByRole('button', { name: /Give up .*AWS production/ }).click();
    await profile.getByRole('button', { name: 'Give it up' }).click();
    await expectCutAndRefused();
    await profile.close();

    await readAudit(reviewer, /gave up|given up/i);
    expect([...member.complaints, ...admin.complaints]).toEqual([]);
  }, 240_000);

  it('on a phone, from denial to access until the time is over', async () => {
    await open('phone');
    await askFor('member2', 'A customer waits for the invoice export.', async (page) => {
      await page.getByText('Custom', { exact: true }).click();
      await page.getByLabel('Amount').fill('40');
      await page.getByLabel('Unit').selectOption('seconds');
    });
    const reviewer = await openReview();
    await reviewer.getByRole('button', { name: 'Approve as asked' }).click();
    await reviewer.getByText(/^Approved\./).waitFor();
    await returnToProduct();
    await takePicture(member.page, viewport, '8-in');

    const profile = await member.context.newPage();
    await profile.goto(`${stack.urls.admin}/my-access`);
    await profile.getByRole('article').getByRole('timer').first().waitFor();
    await show(profile, '9-my-access');
    await expectCutAndRefused();
    await profile.getByRole('timer').first().waitFor({ state: 'detached' });
    await profile.close();

    await readAudit(reviewer, /ended|expired/i);
    expect([...member.complaints, ...admin.complaints]).toEqual([]);
  }, 240_000);
});
