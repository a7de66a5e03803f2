import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startSession } from '../../admin-api/sessions/start-session.ts';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0';

describe.each(['embedded', 'server'] as const)('sessions, %s', (profile) => {
  let api: TestAdminApi;
  beforeAll(async () => {
    api = await startAdminApi(profile, {
      HALLPASS_TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8',
      HALLPASS_OIDC_ISSUER: 'http://127.0.0.1:9',
      HALLPASS_OIDC_CLIENT_ID: 'hallpass',
    });
  });
  afterAll(() => api.stop());
  beforeEach(() => api.running.parts.knex('sessions').delete());

  const open = async (who: string, startedMs = Date.now()) =>
    startSession(
      api.running.parts.knex,
      { person_id: api.idOf(who), user_agent: FIREFOX, ip: '192.0.2.7' },
      api.config.sessions,
      startedMs,
    );
  /** As the console asks: with its cookie, from its own page. */
  const ask = async (token: string, method: string, path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(api.url + path, {
      method,
      headers: {
        cookie: `hallpass_session=${token}`,
        'content-type': 'application/json',
        'sec-fetch-site': 'same-origin',
        ...headers,
      },
      ...(method === 'POST' ? { body: '{}' } : {}),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  };
  const audited = async () => {
    const listed = await api.as('owner').get('/v1/audit-events?limit=1');
    return listed.body.items[0];
  };

  it('are listed to their person, the current one marked, without what opens them', async () => {
    const before = await open('member', Date.now() - 3_600_000);
    const current = await open('member');
    await open('member2');
    await open('member', Date.now() - api.config.sessions.max_age_ms);
    const listed = await ask(current.token, 'GET', '/v1/sessions');
    expect(listed.body.items).toEqual([
      expect.objectContaining({ id: current.id, current: true }),
      {
        id: before.id,
        created_at: expect.any(String),
        last_seen_at: expect.any(String),
        expires_at: new Date(before.expires_at).toISOString(),
        user_agent: 'Firefox 142 on Linux',
        ip: '192.0.2.7',
        current: false,
      },
    ]);
    expect(JSON.stringify(listed.body)).not.toContain(current.token);
    const byToken = await api.as('member').get('/v1/sessions');
    expect(byToken.body.items.map((item: { current: boolean }) => item.current)).toEqual([false, false]);
  });

  it('end one by one, each by its own person only, and open nothing from then on', async () => {
    const [current, other, foreign] = [await open('member'), await open('member'), await open('member2')];
    expect((await ask(current.token, 'DELETE', `/v1/sessions/${foreign.id}`)).status).toBe(404);
    expect((await ask(current.token, 'DELETE', `/v1/sessions/${other.id}`)).status).toBe(204);
    expect((await ask(other.token, 'GET', '/v1/sessions')).status).toBe(401);
    expect((await ask(current.token, 'DELETE', `/v1/sessions/${other.id}`)).status).toBe(404);
    expect((await ask(foreign.token, 'GET', '/v1/sessions')).status).toBe(200);
    expect(await audited()).toMatchObject({
      type: 'session.revoked',
      actor: { id: api.idOf('member') },
      subject: { id: api.idOf('member') },
      details: { session_ids: [other.id] },
    });
  });

  it('end all at once but the one that asks', async () => {
    const [current, one, two] = [await open('member'), await open('member'), await open('member')];
    expect((await ask(current.token, 'POST', '/v1/sessions/end-others')).body).toEqual({ ended: 2 });
    for (const { token } of [one, two]) expect((await ask(token, 'GET', '/v1/me')).status).toBe(401);
    expect((await ask(current.token, 'POST', '/v1/sessions/end-others')).body).toEqual({ ended: 0 });
    expect((await api.as('member').post('/v1/sessions/end-others', {})).body).toEqual({ ended: 1 });
  });

  it('of others are ended by Admins, up to their own role, and it is audited who did it', async () => {
    const member = await open('member');
    const owner = await open('owner');
    expect((await api.as('member2').post(`/v1/people/${api.idOf('member')}/end-sessions`, {})).status).toBe(403);
    expect((await api.as('admin').post(`/v1/people/${api.idOf('owner')}/end-sessions`, {})).status).toBe(403);
    expect((await ask(owner.token, 'GET', '/v1/me')).status).toBe(200);
    const ended = await api.as('admin').post(`/v1/people/${api.idOf('member')}/end-sessions`, {});
    expect([ended.status, ended.body]).toEqual([200, { ended: 1 }]);
    expect((await ask(member.token, 'GET', '/v1/me')).status).toBe(401);
    expect(await audited()).toMatchObject({
      type: 'session.revoked',
      actor: { id: api.idOf('admin') },
      subject: { id: api.idOf('member') },
      details: { session_ids: [member.id] },
    });
  });

  it('are of the address that the nearest proxy one does not run has seen, not of what a client claims', async () => {
    const answer = await fetch(`${api.url}/auth/callback?state=none`, {
      headers: { 'x-forwarded-for': '203.0.113.9, 198.51.100.1, 10.1.2.3', accept: 'application/json' },
    });
    expect(answer.status).toBe(400);
    expect(await audited()).toMatchObject({
      type: 'session.refused',
      details: { reason: 'sign-in-expired', ip: '198.51.100.1' },
    });
  });

  it('are not ended for a page of another site', async () => {
    const [current, other] = [await open('member'), await open('member')];
    const foreign: Record<string, string>[] = [{ 'sec-fetch-site': 'cross-site' }, { 'content-type': 'text/plain' }];
    for (const headers of foreign) {
      for (const [method, path] of [
        ['DELETE', `/v1/sessions/${other.id}`],
        ['POST', '/v1/sessions/end-others'],
      ] as const) {
        const answer = await ask(current.token, method, path, headers);
        expect([answer.status, answer.body.code]).toEqual([403, 'cross-site']);
      }
    }
    expect((await ask(other.token, 'GET', '/v1/me')).status).toBe(200);
  });
});
