import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
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

let stack: Stack;
let browser: Browser;
let person: PersonalBrowser | undefined;

beforeAll(async () => {
  browser = await launchBrowser();
  stack = await startStack('embedded');
}, 120_000);
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

async function webhooks(): Promise<Record<string, unknown>[]> {
  return (await (await stack.api('owner')).get('/v1/webhooks')).body.items as Record<string, unknown>[];
}

describe('settings, webhooks', () => {
  it('create one, see its secret once, change it, make a new secret, and delete it', async () => {
    const page = await openAs('admin', 'phone', '/settings/webhooks');
    await page.getByText('No webhooks').waitFor();
    await page.getByRole('link', { name: 'New webhook' }).click();
    await page.getByLabel(/^Address/).fill('http://siem.example.com/in');
    await page.getByText('Only these').click();
    await page.getByRole('button', { name: 'Create the webhook' }).click();
    await page.getByText('Choose one type at least, or all of them.').waitFor();
    await page.getByLabel('Access revoked').check();
    await page.getByLabel('Description (optional)').fill('SIEM');
    await page.getByLabel(/^Address/).fill('https://127.0.0.1/in');
    await page.getByRole('button', { name: 'Create the webhook' }).click();
    await page.locator('[data-field="url"][aria-invalid="true"]').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByLabel(/^Address/).fill('https://siem.example.com/in');
    await page.getByRole('button', { name: 'Create the webhook' }).click();
    const secret = await page.getByText(/^whsec_/).textContent();
    await takePicture(page, 'phone', 'webhook-secret');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByRole('heading', { name: 'SIEM' }).waitFor();
    expect(await page.content()).not.toContain(secret);
    expect(await webhooks()).toMatchObject([
      { url: 'https://siem.example.com/in', description: 'SIEM', event_types: ['grant.revoked'], enabled: true },
    ]);
    await takePicture(page, 'phone', 'webhook');
    expect(await seriousViolations(page)).toEqual([]);

    await page.getByRole('button', { name: 'Make a new secret' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Make a new secret' }).click();
    const next = await page.getByText(/^whsec_/).textContent();
    expect(next).not.toBe(secret);
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByText(/The secret before this one signs too until/).waitFor();

    await page.getByLabel('Turned on').uncheck();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved. It holds from now on.').waitFor();
    expect(await webhooks()).toMatchObject([{ enabled: false }]);
    await page.getByRole('button', { name: 'Delete SIEM' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('No webhooks').waitFor();
    expect(await webhooks()).toEqual([]);
    expect(person?.complaints).toEqual([]);
  }, 180_000);
});

describe('settings, notification policy', () => {
  it('make an event mandatory, and post it to a Slack channel', async () => {
    const page = await openAs('owner', 'desktop', '/settings/notification-policy');
    const email = page.getByLabel('Your access ends soon: Email');
    await email.selectOption('mandatory');
    const channel = page.getByLabel('Somebody opened access in an emergency: Slack channel');
    await channel.fill('general');
    await takePicture(page, 'desktop', 'notification-policy');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save' }).click();
    await page
      .getByText(/must be the id of a channel/)
      .first()
      .waitFor();
    await channel.fill('C0123456789');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved. It holds from now on.').waitFor();
    await page.reload();
    await email.waitFor();
    expect(await email.inputValue()).toBe('mandatory');
    expect(await channel.inputValue()).toBe('C0123456789');
    expect(person?.complaints).toEqual([]);
  }, 120_000);
});

describe('settings of notifications', () => {
  it('list deliveries, by state and channel in the address', async () => {
    const page = await openAs('admin', 'phone', '/settings/deliveries');
    await page.getByText('No deliveries').waitFor();
    await page.getByLabel('State').selectOption('dead');
    await page.waitForURL(/state=dead/);
    await page.getByText('Everything that was to be sent could be sent.').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  }, 60_000);

  it('are not open to members', async () => {
    const page = await openAs('member', 'phone', '/my-access');
    for (const path of ['notification-policy', 'deliveries', 'webhooks', 'webhooks/new', 'webhooks/whk_1']) {
      await page.goto(`${stack.urls.admin}/settings/${path}`);
      await page.getByText('For Admins and the Owner').waitFor();
    }
    expect(await page.getByRole('link', { name: /^(Notification policy|Deliveries|Webhooks)$/ }).count()).toBe(0);
  }, 60_000);
});
