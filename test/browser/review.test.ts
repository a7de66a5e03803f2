import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startStack, type Stack } from '../support/quickstart-stack.ts';
import { launchBrowser, openFor, seriousViolations, takePicture, type PersonalBrowser } from './test-browser.ts';

let stack: Stack;
let browser: Browser;
let admin: PersonalBrowser | undefined;

beforeAll(async () => {
  browser = await launchBrowser();
  stack = await startStack('embedded');
}, 120_000);
afterEach(() => admin?.context.close());
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
}, 60_000);

/** An Admin on a phone. */
async function openAt(path: string, name = 'admin'): Promise<Page> {
  admin = await openFor(browser, 'phone');
  const { page } = admin;
  await page.goto(stack.urls.admin + path);
  await page.getByRole('button', { name: new RegExp(`^.*${name}@example\\.com`) }).click();
  await page.waitForURL(stack.urls.admin + path);
  return page;
}

async function ask(name: string, resource: { type: string; id: string }, more: object = {}): Promise<string> {
  const body = { resource, reason: `${name} needs ${resource.id}.`, duration_seconds: 14_400, ...more };
  const answer = await (await stack.api(name)).post('/v1/access-requests', body);
  if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
  return answer.body.id as string;
}

async function requestOf(id: string): Promise<Record<string, unknown>> {
  return (await (await stack.api('owner')).get(`/v1/access-requests/${id}`)).body as Record<string, unknown>;
}

const AWS = { type: 'connection', id: 'aws-production' };
const BILLING = { type: 'target', id: 'billing-db' };

async function expectUsable(page: Page, picture: string): Promise<void> {
  await takePicture(page, 'phone', picture);
  expect(await seriousViolations(page)).toEqual([]);
  const tooWide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  expect(tooWide).toBe(0);
}

describe('an Admin on a phone', () => {
  it('approves several requests at once, and is told of new ones without losing the place', async () => {
    const first = [await ask('member', AWS), await ask('member2', BILLING)];
    const page = await openAt('/review');
    const table = page.getByRole('table', { name: 'Pending access requests' });
    await table.getByText('member needs aws-production.').waitFor();
    await expectUsable(page, 'review-queue');

    const late = await ask('member2', AWS);
    await page.getByRole('button', { name: '1 new' }).waitFor({ timeout: 45_000 });
    expect(await table.getByText('member2 needs aws-production.').count()).toBe(0);

    await page.getByRole('button', { name: 'Select all 2 I can decide' }).click();
    await page.getByText('2 selected').waitFor();
    await page.getByRole('button', { name: 'Approve…' }).click();
    await page.getByLabel('Note for all of them (optional)').fill('Both are on call.');
    await expectUsable(page, 'review-bulk');
    await page.getByRole('button', { name: 'Approve 2 requests' }).click();
    await page.getByText('2 approved.').waitFor();
    await expectUsable(page, 'review-bulk-done');
    await page.getByRole('button', { name: 'Done' }).click();

    await table.getByText('member2 needs aws-production.').waitFor();
    await table.getByText('member2 needs billing-db.').waitFor({ state: 'detached' });
    for (const id of first) {
      expect(await requestOf(id)).toMatchObject({ status: 'approved', reviews: [{ note: 'Both are on call.' }] });
    }
    expect(await requestOf(late)).toMatchObject({ status: 'pending' });
    expect(admin?.complaints).toEqual([]);
  }, 180_000);

  it('gives a Scope for a shorter time instead of what was asked, seeing both before it is sent', async () => {
    const id = await ask('viewer', AWS);
    const page = await openAt(`/review/${id}`);
    await page.getByRole('heading', { name: /asks for/ }).waitFor();
    await page.getByText('What it will open').waitFor();
    await expectUsable(page, 'review-request');
    await page.getByRole('button', { name: 'Approve with changes' }).click();
    await page.getByText('1 hour', { exact: true }).click();
    await page.getByText('Scope Production instead').click();
    const changes = page.getByLabel('Asked and given');
    await changes.getByText('Scope Production').waitFor();
    expect(await changes.textContent()).toMatch(/asked: 4 hours.*given: 1 hour/);
    await expectUsable(page, 'review-changes');
    await page.getByRole('button', { name: 'Approve with these changes' }).click();
    await page.getByText(/^Approved\./).waitFor();
    expect(await requestOf(id)).toMatchObject({
      status: 'approved',
      given: {
        scope: { id: 'production' },
        duration_seconds: 3_600,
        modifications: expect.arrayContaining(['entitlement', 'duration_seconds']),
      },
    });
    expect(admin?.complaints).toEqual([]);
  }, 120_000);

  it('denies with a reason; what is decided stays to be found', async () => {
    const id = await ask('viewer', BILLING);
    const page = await openAt(`/review/${id}`);
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.getByLabel('Reason (optional)').fill('Ask for the staging copy.');
    await page.getByRole('button', { name: 'Deny request' }).click();
    await page.getByText(/denied this request/).waitFor();
    expect(await requestOf(id)).toMatchObject({ status: 'denied', reviews: [{ note: 'Ask for the staging copy.' }] });

    await page.goto(`${stack.urls.admin}/review`);
    await page.getByRole('tab', { name: 'Decided' }).click();
    await page.getByRole('button', { name: 'Filters' }).click();
    await page.getByLabel('Status').selectOption('denied');
    await page.waitForURL(/tab=decided&outcome=denied/);
    await page.reload();
    await page.getByRole('table', { name: 'Decided access requests' }).getByText('viewer needs billing-db.').waitFor();
    await expectUsable(page, 'review-decided');
  }, 120_000);

  it('learns that somebody was faster', async () => {
    const id = await ask('viewer', BILLING);
    const page = await openAt(`/review/${id}`);
    const approve = page.getByRole('button', { name: 'Approve as asked' });
    await approve.waitFor();
    // The page is kept from hearing of it, as on a train.
    await page.route(`**/v1/access-requests/${id}`, (route) => route.abort());
    await page.route('**/v1/stream', (route) => route.abort());
    await (await stack.api('owner')).post(`/v1/access-requests/${id}/deny`, { reason: 'Not today.' });
    await approve.click();
    await page
      .getByText(/already/i)
      .first()
      .waitFor();
    await page.unroute(`**/v1/access-requests/${id}`);
    await page.reload();
    await page.getByText('Reason: Not today.').waitFor();
    expect(await requestOf(id)).toMatchObject({ status: 'denied' });
  }, 120_000);

  it('reviews access that was taken in an emergency', async () => {
    const owner = await stack.api('owner');
    const path = '/v1/resources/target/billing-db';
    const { type: _type, id: _id, ...resource } = (await owner.get(path)).body as Record<string, unknown>;
    const put = await owner.send('PUT', path, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...resource, attributes: { break_glass: true } }),
    });
    expect(put.status).toBe(200);
    const id = await ask('member', BILLING, { duration_seconds: 1_800, break_glass: true });
    const page = await openAt('/review?tab=break-glass');
    await page.getByRole('link', { name: /^Review the request of/ }).click();
    await page.getByText('Break-glass: taken in an emergency, without a review').waitFor();
    await expectUsable(page, 'review-break-glass');
    await page.getByRole('button', { name: 'Close the review' }).click();
    await page.getByText('Say whether it was justified.').waitFor();
    await page.getByLabel('Not justified').check();
    await page.getByLabel('Note').fill('The pager was silent that night.');
    await page.getByRole('button', { name: 'Close the review' }).click();
    await page.getByText('Reviewed by').waitFor();
    expect(await requestOf(id)).toMatchObject({
      break_glass: { justified: false, note: 'The pager was silent that night.', closed_by: { id: 'per_demo_admin' } },
    });
    expect(admin?.complaints).toEqual([]);
  }, 120_000);

  it('revokes everything of a person, after reading what that is', async () => {
    const page = await openAt('/settings/people/per_demo_member2');
    await page.getByRole('button', { name: 'Revoke all' }).click();
    await page.getByText('What ends:').waitFor();
    await expectUsable(page, 'person-revoke-all');
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke all' }).click();
    await page.getByText(/grants? ended\./).waitFor();
    await page.getByText('No grants at the moment').waitFor();
    const held = await (await stack.api('owner')).get('/v1/grants?active=true&subject=per_demo_member2');
    expect(held.body.items).toEqual([]);
    expect(admin?.complaints).toEqual([]);
  }, 120_000);
});

describe('the review', () => {
  it('is not open to members, nor is one request', async () => {
    const id = await ask('member2', BILLING);
    const page = await openAt('/review', 'member');
    await page.getByText('For Admins and the Owner', { exact: true }).waitFor();
    await page.goto(`${stack.urls.admin}/review/${id}`);
    await page.getByText('For Admins and the Owner', { exact: true }).waitFor();
    expect(await page.getByRole('link', { name: 'Review' }).count()).toBe(0);
    expect(await seriousViolations(page)).toEqual([]);
  }, 60_000);
});
