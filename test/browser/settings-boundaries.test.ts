import { describe, expect, it } from '@jest/globals';
import { setUpConsole } from './console-test.ts';
import { seriousViolations, takePicture } from './test-browser.ts';

const hallpass = setUpConsole();
const { openAs } = hallpass;

/** What the API says is there; null when it is not. */
async function resource(key: string): Promise<Record<string, unknown> | null> {
  const answer = await (await hallpass.stack.api('owner')).get(`/v1/resources/${key}`);
  return answer.status === 404 ? null : (answer.body as Record<string, unknown>);
}

async function scope(id: string): Promise<Record<string, unknown> | undefined> {
  const answer = await (await hallpass.stack.api('owner')).get('/v1/scopes');
  return (answer.body.items as Record<string, unknown>[]).find((one) => one['id'] === id);
}

describe('settings, resources', () => {
  it('create, change and delete one; what the server refuses is said at its field', async () => {
    const page = await openAs('admin', 'desktop', '/settings/resources');
    await page.getByText('connection:payroll').waitFor();
    await takePicture(page, 'desktop', 'resources');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByLabel('Type').selectOption('target');
    await page.getByText('connection:payroll').waitFor({ state: 'detached' });
    await page.getByText('target:billing-db').waitFor();

    await page.getByRole('link', { name: 'New resource' }).click();
    await page.getByLabel('Type').selectOption('target');
    await page.getByLabel(/^Id/).fill('billing-db');
    await page.getByLabel(/^Name/).fill('Ledger');
    await page.getByRole('button', { name: 'Create the resource' }).click();
    await page.getByText('There is target:billing-db already.', { exact: true }).waitFor();
    expect(await resource('target/billing-db')).toMatchObject({ name: 'Billing database' });

    await page.getByLabel(/^Id/).fill('ledger');
    await page.getByRole('button', { name: 'Add a Connection' }).click();
    const connection = page.getByLabel('Connection 1', { exact: true });
    expect(await page.locator('input:focus').getAttribute('aria-label')).toBe('Connection 1');
    await connection.fill('Nowhere!');
    await page.getByRole('button', { name: 'Create the resource' }).click();
    await page.getByText(/^must be lower-case/).waitFor();
    expect(await connection.getAttribute('aria-invalid')).toBe('true');
    expect(await seriousViolations(page)).toEqual([]);
    await connection.fill('nowhere');
    await page.getByRole('button', { name: 'Create the resource' }).click();
    await page.getByText('There is no connection:nowhere.').first().waitFor();
    await connection.fill('aws-production');
    await page.getByLabel('Attributes').fill('{"tier": "gold"}');
    await page.getByRole('button', { name: 'Create the resource' }).click();

    await page.waitForURL(`${hallpass.stack.urls.admin}/settings/resources/target/ledger`);
    await page.getByRole('heading', { name: 'Ledger' }).waitFor();
    expect(await resource('target/ledger')).toMatchObject({
      connections: ['aws-production'],
      attributes: { tier: 'gold' },
      discoverable: 'full',
    });
    await page.getByText('Nothing', { exact: true }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved. It holds from now on.').waitFor();
    expect(await resource('target/ledger')).toMatchObject({ discoverable: 'none', attributes: { tier: 'gold' } });
    expect(await seriousViolations(page)).toEqual([]);

    await page.getByRole('button', { name: 'Delete Ledger' }).click();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.waitForURL(`${hallpass.stack.urls.admin}/settings/resources`);
    await page.getByText('target:billing-db').waitFor();
    expect(await page.getByText('target:ledger').count()).toBe(0);
    expect(await resource('target/ledger')).toBeNull();
    expect(hallpass.complaints).toEqual([]);
  }, 120_000);
});

describe('settings, Scopes', () => {
  it('create, change and delete one, and see what it covers, on a phone', async () => {
    const page = await openAs('owner', 'phone', '/settings/scopes');
    await page.getByText('scope:staging').waitFor();
    await takePicture(page, 'phone', 'scopes');
    expect(await seriousViolations(page)).toEqual([]);

    await page.getByRole('link', { name: 'New Scope' }).click();
    await page.getByLabel(/^Id\b(?! of)/).fill('staging');
    await page.getByLabel(/^Name/).fill('Billing');
    await page.getByRole('button', { name: 'Create the Scope' }).click();
    await page.getByText('Say of what, or remove this rule.').waitFor();
    await page.getByLabel('Level of rule 1').selectOption('target');
    await page.getByLabel('Id of rule 1').fill('billing-db');
    const covered = page.getByRole('table', { name: 'Resources that the rules cover' });
    await covered.getByText('target:billing-db').waitFor();
    await page.getByRole('button', { name: 'Create the Scope' }).click();
    await page.getByText('There is a Scope staging already.', { exact: true }).waitFor();
    expect(await scope('staging')).toMatchObject({ name: 'Staging' });
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByLabel(/^Id\b(?! of)/).fill('billing');
    await page.getByRole('button', { name: 'Create the Scope' }).click();
    await page.waitForURL(`${hallpass.stack.urls.admin}/settings/scopes/billing`);
    await page.getByRole('heading', { name: 'Billing', exact: true }).waitFor();

    await page.getByRole('button', { name: 'Add a rule' }).click();
    await page.getByLabel('Level of rule 2').selectOption('environment');
    await page.getByLabel('Id of rule 2').fill('production');
    await covered.getByText('connection:aws-production').waitFor();
    await page.getByText('3 resources').waitFor();
    await page.getByRole('button', { name: 'Remove rule 1' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved. It holds from now on.').waitFor();
    expect(await scope('billing')).toMatchObject({ rules: [{ level: 'environment', id: 'production' }] });
    await takePicture(page, 'phone', 'scope');
    expect(await seriousViolations(page)).toEqual([]);

    await page.getByRole('button', { name: 'Delete Billing' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.waitForURL(`${hallpass.stack.urls.admin}/settings/scopes`);
    await page.getByText('scope:staging').waitFor();
    expect(await page.getByText('scope:billing').count()).toBe(0);
    expect(await scope('billing')).toBeUndefined();
    expect(hallpass.complaints).toEqual([]);
  }, 120_000);

  it('are as closed to members as resources are', async () => {
    const page = await openAs('member', 'desktop', '/my-access');
    for (const path of [
      'resources',
      'resources/new',
      'resources/target/billing-db',
      'scopes',
      'scopes/new',
      'scopes/a',
    ]) {
      await page.goto(`${hallpass.stack.urls.admin}/settings/${path}`);
      await page.getByText('For Admins and the Owner').waitFor();
    }
    expect(await page.getByRole('link', { name: /^(Resources|Scopes)$/ }).count()).toBe(0);
  }, 60_000);
});
