import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { approve, ask, AWS_PRODUCTION } from '../journeys/access-loop.ts';
import { startStack, type Stack } from '../support/quickstart-stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { launchBrowser, openFor, seriousViolations, takePicture, type ViewportName } from './test-browser.ts';

interface Screen {
  /** Of its picture. */
  readonly name: string;
  readonly path: string;
  readonly heading: RegExp;
}

const MEMBER_SCREENS = (ids: Readonly<Record<string, string>>): readonly Screen[] => [
  { name: 'my-access', path: '/my-access', heading: /^My access$/ },
  { name: 'access-requests', path: '/access-requests', heading: /^Access Requests$/ },
  { name: 'new-request', path: '/access-requests/new?resource=connection:aws-production', heading: /request/i },
  { name: 'request', path: `/access-requests/${ids.pending}`, heading: /./ },
  { name: 'request-approved', path: `/access-requests/${ids.approved}`, heading: /./ },
  { name: 'notifications', path: '/notifications', heading: /^Notifications$/ },
  { name: 'profile', path: '/settings/profile', heading: /^Profile$/ },
  { name: 'notification-preferences', path: '/settings/notification-preferences', heading: /preferences/i },
];

const ADMIN_SCREENS = (ids: Readonly<Record<string, string>>): readonly Screen[] => [
  { name: 'review', path: '/review', heading: /^Review$/ },
  { name: 'review-request', path: `/review/${ids.pending}`, heading: /./ },
  { name: 'people', path: '/settings/people', heading: /^People$/ },
  { name: 'person', path: '/settings/people/per_demo_member', heading: /Mia Member/ },
  { name: 'give-access', path: '/settings/people/per_demo_member/give-access', heading: /access/i },
  { name: 'resources', path: '/settings/resources', heading: /^Resources$/ },
  { name: 'resource', path: '/settings/resources/connection/aws-production', heading: /AWS production/ },
  { name: 'scopes', path: '/settings/scopes', heading: /^Scopes$/ },
  { name: 'scope', path: '/settings/scopes/production', heading: /Production/ },
  { name: 'audit-log', path: '/settings/audit-log', heading: /^Audit Log$/ },
  { name: 'notification-policy', path: '/settings/notification-policy', heading: /policy/i },
  { name: 'deliveries', path: '/settings/deliveries', heading: /^Deliveries$/ },
  { name: 'webhooks', path: '/settings/webhooks', heading: /^Webhooks$/ },
];

let stack: Stack;
let browser: Browser;
let ids: Readonly<Record<string, string>>;

beforeAll(async () => {
  browser = await launchBrowser();
  stack = await startStack('embedded');
  const approved = await ask(stack, 'member', { resource: AWS_PRODUCTION, duration_seconds: 2_400, reason: 'INC-42' });
  await approve(stack, 'admin', approved.id, { duration_seconds: 1_800, note: 'Half an hour must do.' });
  const pending = await ask(stack, 'member', {
    resource: { type: 'target', id: 'billing-db' },
    duration_seconds: 14_400,
    reason: 'INC-43: invoices of October are charged twice.',
  });
  await ask(stack, 'member2', { scope_id: 'production', duration_seconds: null, reason: 'On call from Monday.' });
  await ask(stack, 'viewer', { role: 'member', duration_seconds: 604_800, reason: 'Helps out for a week.' });
  ids = { approved: approved.id as string, pending: pending.id as string };
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
}, 60_000);

async function openAs(name: string, viewport: ViewportName): Promise<{ page: Page; complaints: readonly string[] }> {
  const { page, complaints } = await openFor(browser, viewport);
  await page.goto(`${stack.urls.admin}/sign-in`);
  await page.getByRole('button', { name: new RegExp(`^.*${name}@example\\.com`) }).click();
  await page.waitForURL(/\/my-access$/);
  return { page, complaints };
}

/** The screen with all that it loads; live updates keep a connection open, so the network is never idle. */
async function show(page: Page, { path, heading }: Screen): Promise<void> {
  await page.goto(stack.urls.admin + path);
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
  await waitUntil('everything to be loaded', async () => (await page.getByText(/^Loading .*…$/).count()) === 0);
}

/** By how many pixels the page is wider than the window. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  ) as Promise<number>;
}

describe.each<[string, (known: typeof ids) => readonly Screen[]]>([
  ['member', MEMBER_SCREENS],
  ['admin', ADMIN_SCREENS],
])('every screen, as %s', (name, screensOf) => {
  it.each<ViewportName>(['desktop', 'phone'])(
    'is readable by everybody and no wider than a %s, in light and dark',
    async (viewport) => {
      const { page, complaints } = await openAs(name, viewport);
      const problems: string[] = [];
      for (const screen of screensOf(ids)) {
        await show(page, screen);
        problems.push(...(await seriousViolations(page)));
        if ((await overflow(page)) > 0) problems.push(`${screen.path} is wider than the ${viewport}`);
        for (const theme of ['dark', 'light'] as const) {
          await page.emulateMedia({ colorScheme: theme });
          await takePicture(page, viewport, `${screen.name}-${theme}`);
        }
      }
      expect(problems).toEqual([]);
      expect(complaints).toEqual([]);
      await page.context().close();
    },
    240_000,
  );

  it('says what is wrong and how to go on when the server fails', async () => {
    const { page } = await openAs(name, 'desktop');
    const silent: string[] = [];
    let isBroken = false;
    await page.route(/\/v1\/(?!me$|stream$)/, (route) =>
      isBroken
        ? route.fulfill({
            status: 503,
            contentType: 'application/problem+json',
            body: JSON.stringify({ code: 'database-unavailable', title: 'The database can not be reached' }),
          })
        : route.continue(),
    );
    for (const screen of screensOf(ids)) {
      isBroken = true;
      await page.goto(stack.urls.admin + screen.path);
      const alert = page.getByRole('alert').filter({ hasText: 'The database can not be reached' }).first();
      const isSaid = await alert.waitFor({ timeout: 8_000 }).then(
        () => true,
        () => false,
      );
      if (!isSaid) silent.push(screen.path);
      isBroken = false;
      const again = page.getByRole('button', { name: 'Try again' }).first();
      if (await again.isVisible()) await again.click();
      await page.getByRole('heading', { level: 1, name: screen.heading }).waitFor();
    }
    expect(silent).toEqual([]);
    await page.context().close();
  }, 240_000);
});

describe('screens for Admins', () => {
  it('say so to everybody else, and ask the server for nothing', async () => {
    const { page } = await openAs('member', 'desktop');
    const asked: string[] = [];
    for (const screen of ADMIN_SCREENS(ids).filter(({ name }) => name !== 'review-request')) {
      page.on('response', (response) => {
        if (response.status() === 403) asked.push(response.url());
      });
      await page.goto(stack.urls.admin + screen.path);
      await page
        .getByText(/Admins and the Owner/)
        .first()
        .waitFor();
    }
    expect(asked).toEqual([]);
    await page.context().close();
  }, 120_000);
});
