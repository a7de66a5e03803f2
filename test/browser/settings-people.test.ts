import { describe, expect, it } from '@jest/globals';
import { setUpConsole } from './console-test.ts';
import { seriousViolations, takePicture } from './test-browser.ts';

const MIA = '/settings/people/per_demo_member';

const hallpass = setUpConsole();
const { openAs } = hallpass;

async function heldBy(personId: string): Promise<{ scope: { id: string } | null; expires_at: string | null }[]> {
  const answer = await (await hallpass.stack.api('owner')).get(`/v1/grants?active=true&subject=${personId}`);
  return answer.body.items as { scope: { id: string } | null; expires_at: string | null }[];
}

async function personOf(id: string): Promise<{ role: string; disabled: boolean } | undefined> {
  const answer = await (await hallpass.stack.api('owner')).get('/v1/people');
  return (answer.body.items as { id: string; role: string; disabled: boolean }[]).find((one) => one.id === id);
}

describe('settings, people', () => {
  it('give access to somebody without a request, and take it back', async () => {
    const page = await openAs('admin', 'desktop', '/settings/people');
    await page.getByText('member2@example.com').waitFor();
    await takePicture(page, 'desktop', 'people');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByLabel('Search by name or address').fill('mia');
    await page.getByText('member2@example.com').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: /^Open Mia/ }).click();
    await page.waitForURL(hallpass.stack.urls.admin + MIA);
    await page.getByRole('table', { name: 'Active access' }).getByText('scope:staging').waitFor();
    await takePicture(page, 'desktop', 'person');
    expect(await seriousViolations(page)).toEqual([]);

    await page.getByRole('link', { name: 'Give access' }).click();
    await page.getByText('Scope', { exact: true }).click();
    await page.getByRole('link', { name: /scope:production/ }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('link', { name: /scope:production/ }).click();
    await page.getByText('4 hours', { exact: true }).click();
    await page.getByLabel(/^Reason/).fill('On call tonight.');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Give access now' }).click();
    await page.waitForURL(hallpass.stack.urls.admin + MIA);

    const revoke = page.getByRole('button', { name: 'Revoke the Scope Production' });
    await revoke.waitFor();
    const given = (await heldBy('per_demo_member')).find(({ scope }) => scope?.id === 'production');
    expect(given?.expires_at).toEqual(expect.any(String));

    await revoke.click();
    await page.getByLabel(/^Reason/).fill('Somebody else is on call.');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await revoke.waitFor({ state: 'detached' });
    expect((await heldBy('per_demo_member')).map(({ scope }) => scope?.id)).toEqual(['staging']);
    expect(hallpass.complaints).toEqual([]);
  }, 120_000);

  it('change a role; disable and enable an account, on a phone', async () => {
    const page = await openAs('owner', 'phone', '/settings/people/per_demo_viewer');
    await page.getByLabel('Base role').selectOption('member');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Change role' }).click();
    await page.getByText('Member', { exact: true }).first().waitFor();
    expect(await personOf('per_demo_viewer')).toMatchObject({ role: 'member', disabled: false });

    await page.getByRole('button', { name: 'Disable the account' }).click();
    await page.getByText(/ends all of their access at once/).waitFor();
    await takePicture(page, 'phone', 'person-disable');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Disable', exact: true }).click();
    await page.getByRole('button', { name: 'Enable the account' }).waitFor();
    expect(await personOf('per_demo_viewer')).toMatchObject({ disabled: true });
    expect(await seriousViolations(page)).toEqual([]);

    await page.getByRole('button', { name: 'Enable the account' }).click();
    await page.getByRole('button', { name: 'Enable', exact: true }).click();
    await page.getByRole('button', { name: 'Disable the account' }).waitFor();
    expect(await personOf('per_demo_viewer')).toMatchObject({ disabled: false });

    // The same once more: a second disabling is no repetition of the first.
    await page.getByRole('button', { name: 'Disable the account' }).click();
    await page.getByRole('button', { name: 'Disable', exact: true }).click();
    await page.getByRole('button', { name: 'Enable the account' }).waitFor();
    expect(await personOf('per_demo_viewer')).toMatchObject({ disabled: true });
    expect(hallpass.complaints).toEqual([]);
  }, 120_000);

  it('add somebody; what the server refuses is said at its field', async () => {
    const page = await openAs('admin', 'desktop', '/settings/people/new');
    await page.getByLabel('Base role').waitFor();
    expect(await page.getByLabel('Base role').getByRole('option').allTextContents()).toEqual([
      'Viewer',
      'Member',
      'Admin',
    ]);
    await page.getByLabel('Address').fill('member@example.com');
    await page.getByLabel('Name').fill('Noor New');
    await page.getByLabel('Groups').fill('sre, on-call');
    await page.getByRole('button', { name: 'Add this person' }).click();
    await page.getByText('There is a person with this address already.').first().waitFor();
    expect(await page.getByLabel('Address').getAttribute('aria-invalid')).toBe('true');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByLabel('Address').fill('noor@example.com');
    await page.getByRole('button', { name: 'Add this person' }).click();
    await page.getByRole('heading', { name: 'Noor New' }).waitFor();
    await page.getByText('sre, on-call').waitFor();
    await page.getByText('No grants at the moment').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  }, 60_000);

  it('say why not, instead of a control that would be refused', async () => {
    const page = await openAs('admin', 'desktop', '/settings/people/per_demo_owner');
    await page
      .getByText(/exactly one Owner/)
      .first()
      .waitFor();
    expect(await page.getByRole('button', { name: /Change role|Disable/ }).count()).toBe(0);
    await page.goto(`${hallpass.stack.urls.admin}/settings/people/per_demo_admin`);
    await page
      .getByText(/^Nobody changes their own role/)
      .first()
      .waitFor();
    expect(await page.getByRole('link', { name: 'Give access' }).count()).toBe(0);
    await page.goto(`${hallpass.stack.urls.admin}/settings/people/per_nobody`);
    await page.getByText('Nothing found here').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  }, 60_000);

  it('are not open to members', async () => {
    const page = await openAs('member', 'phone', '/settings/people');
    for (const path of ['', '/new', '/per_demo_owner', '/per_demo_owner/give-access']) {
      await page.goto(`${hallpass.stack.urls.admin}/settings/people${path}`);
      await page.getByText('For Admins and the Owner').waitFor();
    }
    expect(await page.getByRole('link', { name: 'People' }).count()).toBe(0);
    expect(await seriousViolations(page)).toEqual([]);
  }, 60_000);
});
