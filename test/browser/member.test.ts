import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { approve, ask, AWS_PRODUCTION, obtain } from '../journeys/access-loop.ts';
import { waitUntil } from '../support/wait-until.ts';
import { setUpConsole } from './console-test.ts';
import { seriousViolations, takePicture, type ViewportName } from './test-browser.ts';

const hallpass = setUpConsole();
const { openAs } = hallpass;

const FORM = '/access-requests/new';

beforeAll(async () => {
  await makeTarget('ledger', 'Ledger', {
    max_duration_seconds: 14_400,
    break_glass: true,
    break_glass_max_seconds: 1_800,
  });
  await makeTarget('tickets', 'Tickets', {
    reason_prompt: 'Which incident is it for?',
    reason_pattern: 'INC-[0-9]+',
    reason_example: 'INC-1234',
  });
  await makeTarget('open-data', 'Open data', { auto_approve: true, max_duration_seconds: 86_400 });
  await makeTarget('vault', 'Vault', { approvals_required: 9 });
}, 30_000);

async function makeTarget(id: string, name: string, attributes: Record<string, unknown>): Promise<void> {
  const owner = await hallpass.stack.api('owner');
  const body = {
    name,
    description: `${name} of the tests.`,
    environment: null,
    connections: ['aws-production'],
    minimum_role: 'viewer',
    discoverable: 'full',
    attributes,
  };
  const made = await owner.send('PUT', `/v1/resources/target/${id}`, {
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', 'idempotency-key': `make-${id}` },
  });
  expect([200, 201]).toContain(made.status);
}

/** A picture, and nothing on the page that keeps people from using it. */
async function show(page: Page, viewport: ViewportName, name: string): Promise<void> {
  await takePicture(page, viewport, `member-${name}`);
  expect(await seriousViolations(page)).toEqual([]);
}

const field = (page: Page, label: string | RegExp) => page.getByLabel(label, { exact: true });
const send = (page: Page) => page.getByRole('button', { name: /^Send/ });

async function requestOf(name: string, page: Page) {
  await page.waitForURL(/\/access-requests\/req_/);
  const id = new URL(page.url()).pathname.split('/').at(-1);
  return (await (await hallpass.stack.api(name)).get(`/v1/access-requests/${id}`)).body;
}

describe('asking for access', () => {
  it('finds it by name with the keyboard alone, says what will happen, and asks for several at once', async () => {
    const page = await openAs('member', 'desktop', '/access-requests');
    await page.getByRole('link', { name: 'New Request' }).first().click();
    const search = page.getByRole('combobox');
    await page.getByRole('option', { name: /Ledger/ }).waitFor();
    expect(await page.getByRole('option', { name: /Payroll/ }).count()).toBe(0);
    await show(page, 'desktop', 'search');
    await search.fill('ledg');
    await waitUntil('one to be found', async () => (await page.getByRole('option').count()) === 1);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');

    await page.getByText('Needs one approval').waitFor();
    await page.getByText(/^3 people could approve: Admin or Owner\.$/).waitFor();
    await page.getByText('It may last 4 hours at the most.').waitFor();
    for (const tooLong of ['1 day', '1 week', 'Permanent']) {
      expect(await page.getByRole('radio', { name: tooLong }).isDisabled()).toBe(true);
    }
    await page.getByRole('button', { name: 'Add another resource' }).click();
    await search.fill('nothing of this name');
    await page.getByText(/^Nothing that you may know of matches/).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await page.locator('button:focus').filter({ hasText: 'Add another resource' }).press('Enter');
    await search.fill('open');
    await page.getByRole('option', { name: /Open data/ }).click();
    await page.getByText('Approved at once').waitFor();
    await send(page).click();
    await page.getByText('Say what you need it for.').waitFor();
    expect(await page.locator('textarea:focus').count()).toBe(1);
    await field(page, /^Reason/).fill('Closing of the month.');
    await show(page, 'desktop', 'several');
    await page.getByRole('button', { name: 'Send 2 requests' }).click();

    const { bundle } = await requestOf('member', page);
    expect(
      bundle.map(({ resource, status }: { resource: { id: string }; status: string }) => [resource.id, status]),
    ).toEqual(
      expect.arrayContaining([
        ['ledger', 'pending'],
        ['open-data', 'approved'],
      ]),
    );
    const together = page.getByRole('region', { name: 'Asked for together' });
    await together.getByText('Approved').waitFor();
    await together.getByText('Waiting').waitFor();
    await show(page, 'desktop', 'bundle');
    expect(hallpass.complaints).toEqual([]);
  }, 90_000);

  it('wants the reason in the form the policy says, at the field, on a phone', async () => {
    const page = await openAs('member', 'phone', `${FORM}?resource=target:tickets`);
    await page.getByText(/Which incident is it for\?/).waitFor();
    await field(page, /^Reason/).fill('Somebody called.');
    await send(page).click();
    await page.getByText('This has to be in it: INC-1234, for example.').waitFor();
    expect(await field(page, /^Reason/).getAttribute('aria-invalid')).toBe('true');
    await field(page, /^Reason/).fill('Somebody called, INC-77.');
    await page.getByText('What has to be in it is there.').waitFor();

    await page.getByText('Until…', { exact: true }).click();
    await page.getByText('At a set time').click();
    const start = new Date(Math.floor(Date.now() / 60_000) * 60_000 + 7_200_000);
    const end = new Date(start.getTime() + 3_600_000);
    await field(page, 'Begins at').fill(start.toISOString().slice(0, 16));
    await field(page, 'Until').fill(end.toISOString().slice(0, 16));
    await page
      .getByText(/Your zone: UTC/)
      .first()
      .waitFor();
    await show(page, 'phone', 'set-times');
    await send(page).click();
    expect(await requestOf('member', page)).toMatchObject({
      status: 'pending',
      starts_at: start.toISOString(),
      until: end.toISOString(),
      duration_seconds: null,
    });
    expect(hallpass.complaints).toEqual([]);
  }, 60_000);

  it('is not possible where nobody could approve, where one has it, and where one has asked', async () => {
    const page = await openAs('member2', 'desktop', `${FORM}?resource=target:vault`);
    await page.getByText('Nobody could approve this').waitFor();
    await page.getByText(/Ask the Owner/).waitFor();
    expect(await send(page).isDisabled()).toBe(true);
    await show(page, 'desktop', 'nobody');

    await page.goto(`${hallpass.stack.urls.admin}${FORM}?resource=connection:aws-staging`);
    await page.getByText('You have this already').waitFor();
    expect(await send(page).isDisabled()).toBe(true);

    const { id } = await ask(hallpass.stack, 'member2', { resource: AWS_PRODUCTION, duration_seconds: 3_600 });
    await page.goto(`${hallpass.stack.urls.admin}${FORM}?resource=connection:aws-production`);
    await page.getByText('You have asked for this already').waitFor();
    expect(await send(page).isDisabled()).toBe(true);
    await page.getByRole('link', { name: 'Open it' }).click();
    await page.waitForURL(`${hallpass.stack.urls.admin}/access-requests/${id}`);

    await page.getByText('Waiting for one approval').waitFor();
    await page.getByText(/^Times out in/).waitFor();
    await page.getByText(/^Waits for .*A(da|bel) Admin/).waitFor();
    await page.getByText(/^You can remind in/).waitFor();
    expect(await page.getByRole('button', { name: 'Remind' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Cancel request' }).click();
    await page.getByRole('button', { name: 'Cancel the request' }).click();
    await page.getByText('You cancelled this request.').waitFor();
    await page.getByRole('link', { name: 'Ask again' }).click();
    await page.getByText('Needs one approval').waitFor();
    expect(hallpass.complaints).toEqual([]);
  }, 60_000);
});

describe('more time', () => {
  it('is asked for from the strip, and moves the end of the same grant', async () => {
    const wanted = { resource: { type: 'target', id: 'ledger' }, duration_seconds: 600 };
    const grant = await obtain(hallpass.stack, 'viewer', wanted);
    const page = await openAs('viewer', 'phone', '/access-requests');
    const strip = page.getByRole('region', { name: 'Access that is about to end' });
    await strip.getByText('Ledger').waitFor();
    await strip.getByRole('link', { name: 'More time' }).click();
    await page.getByRole('heading', { name: 'More time for Ledger' }).waitFor();
    // Ten minutes of the four hours are given, so that four more would be too many.
    await page.getByText(/^The policy allows it until/).waitFor();
    expect(await page.getByRole('radio', { name: '4 hours' }).isDisabled()).toBe(true);
    await field(page, /^Reason/).fill('The restore takes longer.');
    await show(page, 'phone', 'extension');
    await page.getByRole('button', { name: 'Ask for more time' }).click();
    const asked = await requestOf('viewer', page);
    expect(asked.extends_grant).toMatchObject({ id: grant.id });
    await page.getByText('Waiting for one approval for more time').waitFor();

    await approve(hallpass.stack, 'admin', asked.id);
    await page.getByText('Approved. You have more time for Ledger.').waitFor();
    const { items } = (await (await hallpass.stack.api('viewer')).get('/v1/grants?subject=me&active=true')).body;
    const same = items.find(({ id }: { id: string }) => id === grant.id);
    expect(Date.parse(same.expires_at)).toBe(Date.parse(grant.expires_at) + 3_600_000);
    await strip.waitFor({ state: 'detached' });
    await show(page, 'phone', 'extended');
    await page.goto(`${hallpass.stack.urls.admin}/my-access`);
    await page.getByRole('article', { name: 'Ledger' }).getByRole('link', { name: 'More time for Ledger' }).waitFor();
    expect(hallpass.complaints).toEqual([]);
  }, 60_000);
});

describe('emergency access', () => {
  it('says what follows, asks once more, opens at once, and is marked until it is reviewed', async () => {
    const page = await openAs('member2', 'phone', `${FORM}?resource=target:ledger`);
    await page.getByRole('link', { name: 'Emergency access now' }).click();
    await page.getByRole('heading', { name: 'Emergency access' }).waitFor();
    await page.getByText('Access opens at once. Nobody is asked first.').waitFor();
    await page.getByText(/^Emergency access lasts 30 minutes at the most\./).waitFor();
    expect(await page.getByRole('radio', { name: '1 hour' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Take access now…' }).click();
    await page.getByText('Say what you need it for.').waitFor();
    await field(page, /^Reason/).fill('Payments are down.');
    await show(page, 'phone', 'emergency');
    await page.getByRole('button', { name: 'Take access now…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Take emergency access to Ledger?').waitFor();
    await show(page, 'phone', 'emergency-confirm');
    await dialog.getByRole('button', { name: 'Take access now' }).click();

    expect(await requestOf('member2', page)).toMatchObject({
      status: 'approved',
      break_glass: { closed_at: null },
      given: { duration_seconds: 1_800 },
    });
    await page.getByText('You have emergency access to Ledger now.').waitFor();
    await page.getByText('Emergency access, not reviewed yet').waitFor();
    await show(page, 'phone', 'emergency-open');
    const { id } = await requestOf('member2', page);
    const closed = await (
      await hallpass.stack.api('admin')
    ).post(`/v1/access-requests/${id}/close`, { justified: true, note: 'Payments were down indeed.' });
    expect(closed.status).toBe(200);
    await page.getByText('Emergency access, reviewed: justified').waitFor();
    await page.goto(`${hallpass.stack.urls.admin}/my-access`);
    await page.getByRole('article', { name: 'Ledger' }).getByText('Break-glass').waitFor();
    expect(hallpass.complaints).toEqual([]);
  }, 60_000);

  it('is offered only where the policy allows it', async () => {
    const page = await openAs('viewer', 'desktop', `${FORM}?resource=target:tickets`);
    await page.getByText('Needs one approval').waitFor();
    expect(await page.getByRole('link', { name: 'Emergency access now' }).count()).toBe(0);
    await page.goto(`${hallpass.stack.urls.admin}${FORM}?resource=target:tickets&emergency=1`);
    await page.getByText('Emergency access is not offered for this').waitFor();
    expect(await page.getByRole('button', { name: 'Take access now…' }).isDisabled()).toBe(true);
  }, 30_000);
});

describe('notification preferences', () => {
  it('are kept, say what the team has locked, and are everybody’s', async () => {
    const page = await openAs('viewer', 'desktop', '/my-access');
    await page.getByRole('link', { name: 'Notification preferences' }).filter({ visible: true }).click();
    const denied = page.getByRole('checkbox', { name: 'Your request was denied: Email' });
    await denied.uncheck();
    expect(await page.getByText('Always sent: your team has decided so.').count()).toBeGreaterThan(0);
    expect(await page.getByRole('checkbox', { name: /emergency: Email/ }).count()).toBe(0);
    await page.getByText('Together, once a day').click();
    await field(page, 'At').selectOption('07:00');
    await field(page, 'Time zone').selectOption('Europe/Berlin');
    await page.getByRole('button', { name: 'Save preferences' }).click();
    await page.getByText('Saved', { exact: true }).waitFor();
    await show(page, 'desktop', 'preferences');
    await page.reload();
    expect(await denied.isChecked()).toBe(false);
    const own = (await (await hallpass.stack.api('viewer')).get('/v1/notification-preferences')).body;
    expect(own.digest).toEqual({ mode: 'daily', at_hour: 7, time_zone: 'Europe/Berlin' });

    await page.getByText('Mute email and Slack for a while').click();
    await field(page, 'Muted until').fill('2020-01-01T00:00');
    await page.getByRole('button', { name: 'Save preferences' }).click();
    await page.getByText('Choose a time that is to come.').waitFor();
    expect(hallpass.complaints).toEqual([]);
  }, 60_000);

  it('fit a phone', async () => {
    const page = await openAs('member', 'phone', '/settings/notification-preferences');
    await page.getByText('Your request was approved').waitFor();
    await show(page, 'phone', 'preferences');
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  }, 30_000);
});
