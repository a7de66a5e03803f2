import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAdminApi } from '../support/admin-api.ts';
import { startSlackInstallation, type SlackInstallation } from '../support/slack-installation.ts';
import { PROFILES } from '../support/test-services.ts';

describe.each(PROFILES)('linking a Slack account (%s)', (profile) => {
  let here: SlackInstallation;
  beforeAll(async () => {
    here = await startSlackInstallation(profile);
  });
  afterAll(() => here.stop());

  const linkOf = async (name: string) => (await here.api.as(name).get('/v1/slack/link')).body;
  const codeOf = async (name: string) => (await here.api.as(name).post('/v1/slack/link', {})).body.code as string;
  const send = async (user: string, text: string, team?: string) => {
    const answer = await here.slack.command(here.api.url, { user, text, ...(team === undefined ? {} : { team }) });
    expect([answer.status, answer.body.response_type]).toEqual([200, 'ephemeral']);
    return answer.body.text as string;
  };

  it('takes a code that was made here and sent there, once, and says so in the audit', async () => {
    expect(await linkOf('admin')).toEqual({ configured: true, linked: null, code_expires_at: null });
    const started = await here.api.as('admin').post('/v1/slack/link', {});
    expect(started.status).toBe(201);
    expect(started.body.command).toBe(`/hallpass link ${started.body.code}`);
    const lifeMs = Date.parse(started.body.expires_at) - Date.now();
    expect(lifeMs).toBeGreaterThan(9 * 60_000);
    expect(lifeMs).toBeLessThanOrEqual(10 * 60_000);
    expect((await linkOf('admin')).code_expires_at).toBe(started.body.expires_at);

    expect(await send('U0ADMIN', ` Link  ${started.body.code.toLowerCase()} `)).toMatch(/^Done/);
    expect((await linkOf('admin')).linked).toMatchObject({ team_id: 'T0HALLPASS', slack_user_id: 'U0ADMIN' });
    expect(await send('U0OTHER', `link ${started.body.code}`)).toMatch(/not in force/);
    expect(await send('U0ADMIN', `link ${started.body.code}`)).toMatch(/not in force/);
    const { body } = await here.api.as('owner').get('/v1/audit-events?type=slack.linked');
    expect(body.items).toHaveLength(1);
    expect(body.items[0]).toMatchObject({
      actor: { id: here.api.idOf('admin') },
      details: { slack_user_id: 'U0ADMIN' },
    });
    expect(JSON.stringify(body.items)).not.toContain(started.body.code);
  });

  it('binds one to one', async () => {
    expect(await send('U0ADMIN', `link ${await codeOf('admin2')}`)).toMatch(/linked to another Hallpass account/);
    expect((await linkOf('admin2')).linked).toBe(null);
    const again = await here.api.as('admin').post('/v1/slack/link', {});
    expect([again.status, again.body.code]).toEqual([409, 'already-exists']);
    // A code from before somebody was linked is of no use after it.
    const first = await codeOf('owner');
    await here.api.running.parts.knex('slack_links').insert({
      person_id: here.api.idOf('owner'),
      team_id: 'T0HALLPASS',
      slack_user_id: 'U0OWNER',
      linked_at: new Date(),
    });
    expect(await send('U0SECOND', `link ${first}`)).toMatch(/linked to another Slack account/);
    expect((await linkOf('owner')).linked.slack_user_id).toBe('U0OWNER');
  });

  it('refuses a code that is old, replaced, of somebody disabled, or sent from another workspace', async () => {
    const { knex } = here.api.running.parts;
    const old = await codeOf('member');
    await knex('slack_link_codes').update({ expires_at: new Date() });
    expect(await send('U0MEMBER', `link ${old}`)).toMatch(/not in force/);
    const replaced = await codeOf('member');
    const foreign = await codeOf('member');
    expect(await send('U0MEMBER', `link ${replaced}`)).toMatch(/not in force/);
    expect(await send('U0MEMBER', `link ${foreign}`, 'T0FOREIGN')).toMatch(/another workspace/);
    await knex('people')
      .where({ id: here.api.idOf('member') })
      .update({ disabled_at: new Date() });
    expect(await send('U0MEMBER', `link ${foreign}`)).toMatch(/disabled/);
    await knex('people')
      .where({ id: here.api.idOf('member') })
      .update({ disabled_at: null });
    expect((await linkOf('member')).linked).toBe(null);
  });

  it('keeps a code for later when Slack can not be asked, and explains itself for other words', async () => {
    const code = await codeOf('member2');
    here.slack.failNext('auth.test', { status: 500 });
    expect(await send('U0MEMBER2', `link ${code}`)).toMatch(/try again/);
    expect(await send('U0MEMBER2', '')).toMatch(/\/hallpass link CODE/);
    expect(await send('U0MEMBER2', `link ${code} please`)).toMatch(/\/hallpass link CODE/);
    expect(await send('U0MEMBER2', `link ${code}`)).toMatch(/^Done/);
  });

  it('unlinks, and says so in the audit', async () => {
    expect((await here.api.as('member2').send('DELETE', '/v1/slack/link')).status).toBe(204);
    expect((await here.api.as('member2').send('DELETE', '/v1/slack/link')).status).toBe(204);
    expect((await linkOf('member2')).linked).toBe(null);
    const { body } = await here.api.as('owner').get('/v1/audit-events?type=slack.unlinked');
    expect(body.items).toHaveLength(1);
    expect(await send('U0MEMBER2', `link ${await codeOf('member2')}`)).toMatch(/^Done/);
  });

  it('takes two people with one Slack account at the same time one after the other', async () => {
    const codes = await Promise.all(['member', 'admin2'].map(codeOf));
    const said = await Promise.all(codes.map((code) => send('U0SHARED', `link ${code}`)));
    expect(said.filter((text) => text.startsWith('Done'))).toHaveLength(1);
    expect(said.filter((text) => text.includes('another Hallpass account'))).toHaveLength(1);
  });
});

describe('without a Slack app', () => {
  it('there is nothing at its addresses, and linking says why', async () => {
    const api = await startAdminApi();
    expect((await api.as('nobody').send('POST', '/slack/commands', { body: '' })).status).toBe(404);
    expect((await api.as('member').get('/v1/slack/link')).body.configured).toBe(false);
    const refused = await api.as('member').post('/v1/slack/link', {});
    expect([refused.status, refused.body.code]).toEqual([409, 'not-configured']);
    await api.stop();
  });
});
