import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { approve, ask, AWS_PRODUCTION, PRODUCTION, waitForAudit } from '../journeys/access-loop.ts';
import { startStack, type Stack } from '../support/quickstart-stack.ts';
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
let person: PersonalBrowser | undefined;
let requestId: string;
let evaluationId: string;

beforeAll(async () => {
  browser = await launchBrowser();
  stack = await startStack('embedded');
  const member = await stack.proxy('member');
  const denied = await member.get(`${PRODUCTION}/echo`);
  evaluationId = denied.body.evaluation_id;
  const request = await ask(stack, 'member', {
    resource: AWS_PRODUCTION,
    reason: 'Ticket INC-4711, the nightly deploy.',
    duration_seconds: 86_400,
    binding_token: denied.body.access_request.binding_token,
  });
  requestId = request.id;
  const approved = await approve(stack, 'admin', requestId, { duration_seconds: 3_600, note: 'An hour will do.' });
  const headers = { 'hallpass-after-revision': String(approved.feed_revision) };
  for (let visit = 0; visit < 50; visit += 1) {
    if ((await member.get(`${PRODUCTION}/echo`, headers)).status === 200) break;
  }
  await waitForAudit(stack, 'grant.first-used', `&request_id=${requestId}`);
  await (await stack.api('admin')).post(`/v1/grants/${approved.grant.id}/revoke`, { reason: 'Done.' });
}, 180_000);
afterEach(() => person?.context.close());
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
}, 60_000);

async function openAs(name: string, viewport: ViewportName, path: string): Promise<Page> {
  person = await openFor(browser, viewport);
  const { page } = person;
  await page.goto(stack.urls.admin + path);
  await page.getByRole('button', { name: new RegExp(`^.*${name}@example\\.com`) }).click();
  await page.waitForURL(stack.urls.admin + path);
  return page;
}

/** In both themes; the light one stays. */
async function picture(page: Page, viewport: ViewportName, name: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await takePicture(page, viewport, `audit-${name}-${colorScheme}`);
  }
}

describe('the Audit Log', () => {
  it('is narrowed by words, kinds and people, with an address for each question', async () => {
    const page = await openAs('admin', 'desktop', '/settings/audit-log');
    const table = page.getByRole('table', { name: 'Audit log, newest first' });
    await table.getByText('Access revoked').first().waitFor();
    await picture(page, 'desktop', 'log');
    expect(await seriousViolations(page)).toEqual([]);

    await page.getByLabel('Search reasons, notes and names').fill('inc-4711');
    await page.waitForURL(/q=inc-4711/);
    await table.getByText('Access revoked').waitFor({ state: 'detached' });
    expect(await table.getByText('Ticket INC-4711').count()).toBeGreaterThan(0);

    await page.getByRole('combobox', { name: 'What happened' }).click();
    await page.getByRole('option', { name: 'Request submitted' }).click();
    await page.keyboard.press('Escape');
    await page.waitForURL(/type=access-request.submitted/);
    await page.getByRole('combobox', { name: 'Done by' }).fill('member@example');
    await page
      .getByRole('option', { name: /member@example\.com/ })
      .first()
      .click();
    await page.waitForURL(/actor=per_/);
    await table.getByText('Request approved').waitFor({ state: 'detached' });
    expect(await table.getByRole('row').count()).toBe(2);
    expect(await seriousViolations(page)).toEqual([]);

    const address = page.url();
    await page.goto(`${stack.urls.admin}/my-access`);
    await page.goto(address);
    await table.getByText('Ticket INC-4711').first().waitFor();
    expect(await table.getByRole('row').count()).toBe(2);

    await page.getByLabel('Search reasons, notes and names').fill('nowhere');
    await page.getByText('No entry is like that').waitFor();
    await picture(page, 'desktop', 'nothing');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Clear filters' }).first().click();
    await page.waitForURL(`${stack.urls.admin}/settings/audit-log`);
    await table.getByText('Access revoked').first().waitFor();
    expect(person?.complaints).toEqual([]);
  }, 120_000);

  it('has a page for each entry, and one for the whole story of a request', async () => {
    const page = await openAs('owner', 'desktop', `/settings/audit-log?request_id=${requestId}`);
    const story = page.getByRole('table', { name: 'The story of one request' });
    await story.getByText('First used').waitFor();
    const kinds = await story.getByRole('row').locator('a').allTextContents();
    expect(kinds.filter((kind) => kind !== 'Warned of the end')).toEqual([
      'Request submitted',
      'Request approved',
      'Access granted',
      'First used',
      'Access revoked',
    ]);
    await page.getByRole('heading', { name: 'It began with a refusal' }).waitFor();
    await page.getByText(evaluationId).first().waitFor();
    await page.getByText('By the sidecar that refused').waitFor();
    expect(await page.getByRole('link', { name: 'Whole story' }).count()).toBe(0);
    // Times in sentences are the person's, not the server's.
    expect(await story.getByText(/\d{4}-\d\d-\d\dT/).count()).toBe(0);
    await picture(page, 'desktop', 'story');
    expect(await seriousViolations(page)).toEqual([]);

    await story.getByRole('link', { name: /^Request approved/ }).click();
    await page.waitForURL(/\/settings\/audit-log\/evt_/);
    await page.getByRole('heading', { name: 'Request approved' }).waitFor();
    await page.getByText('changed', { exact: true }).waitFor();
    await page.getByText('An hour will do.', { exact: true }).first().waitFor();
    await picture(page, 'desktop', 'entry');
    expect(await seriousViolations(page)).toEqual([]);
    await page.goto(`${stack.urls.admin}/settings/audit-log/evt_none`);
    await page.getByText('Nothing found here').waitFor();
    expect(person?.complaints).toEqual([]);
  }, 120_000);

  it('is exported with progress, and verified, and its head is kept', async () => {
    const page = await openAs('admin', 'desktop', '/settings/audit-log');
    await page.getByRole('button', { name: 'Export' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('NDJSON').click();
    expect(await seriousViolations(page)).toEqual([]);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Export', exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^hallpass-audit-.*\.ndjson$/);
    await dialog.getByText('The export is whole').waitFor();
    await picture(page, 'desktop', 'export');
    expect(await seriousViolations(page)).toEqual([]);
    const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1)!).export_end.entries).toBe(lines.length - 1);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'Verify' }).click();
    await dialog.getByRole('button', { name: 'Verify', exact: true }).click();
    await dialog.getByText('The Audit Log is sound').waitFor();
    await picture(page, 'desktop', 'verify');
    expect(await seriousViolations(page)).toEqual([]);
    const [head] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Save the head' }).click(),
    ]);
    expect(JSON.parse(await readFile(await head.path(), 'utf8'))).toMatchObject({
      sequence: expect.any(Number),
      signature: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    });
    await page.keyboard.press('Escape');
    await page.getByRole('table').getByText('Log verified').first().waitFor();
    expect(person?.complaints).toEqual([]);
  }, 120_000);

  it('is cards on a phone, with the filters folded away', async () => {
    const page = await openAs('admin', 'phone', '/settings/audit-log');
    await page.getByRole('table').getByText('Access revoked').first().waitFor();
    await picture(page, 'phone', 'log');
    await page.getByRole('button', { name: 'Filters' }).click();
    await page.getByRole('combobox', { name: 'What happened' }).waitFor();
    await picture(page, 'phone', 'filters');
    expect(await seriousViolations(page)).toEqual([]);
    const overflow = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
    expect(await page.evaluate(overflow)).toBe(false);
    await page.goto(`${stack.urls.admin}/settings/audit-log?request_id=${requestId}`);
    await page.getByRole('table').getByText('First used').waitFor();
    await picture(page, 'phone', 'story');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('link', { name: /^Access granted/ }).click();
    await page.getByRole('heading', { name: 'Access granted' }).waitFor();
    await picture(page, 'phone', 'entry');
    expect(await seriousViolations(page)).toEqual([]);
    expect(await page.evaluate(overflow)).toBe(false);
    expect(person?.complaints).toEqual([]);
  }, 120_000);

  it('is closed to members', async () => {
    const page = await openAs('member', 'desktop', '/my-access');
    for (const path of ['audit-log', `audit-log?request_id=${requestId}`, 'audit-log/evt_1']) {
      await page.goto(`${stack.urls.admin}/settings/${path}`);
      await page.getByText('For Admins and the Owner').waitFor();
      expect(await page.getByRole('button', { name: 'Export' }).count()).toBe(0);
    }
    await picture(page, 'desktop', 'closed');
    expect(await seriousViolations(page)).toEqual([]);
  }, 60_000);
});
