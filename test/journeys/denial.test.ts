import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { httpClient } from '../support/http-client.ts';
import { tryUpgrade } from '../support/live-connection.ts';
import { startStack, type Stack } from '../support/quickstart-stack.ts';
import { PROFILES } from '../support/test-services.ts';
import { PRODUCTION } from './access-loop.ts';

// Journey 1: refused, with the way to a yes.
describe.each(PROFILES)('a member without access, %s', (profile) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack(profile);
  }, 120_000);
  afterAll(() => stack?.stop());

  it('reaches what their Scope covers', async () => {
    const answer = await (await stack.proxy('member')).get('/connections/aws-staging/echo?a=1');
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ upstream: 'connection:aws-staging', method: 'GET', path: '/echo?a=1' });
    expect(answer.body.headers.authorization).toBeUndefined();
  });

  it('is told by problem+json in a script: why, and where to ask', async () => {
    const answer = await (await stack.proxy('member')).get(`${PRODUCTION}/echo?a=1`);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.headers.get('cache-control')).toContain('no-store');
    expect(answer.body).toMatchObject({
      type: 'https://hallpass.dev/problems/access-denied',
      status: 403,
      reason: 'no-grant',
      resource: { type: 'connection', id: 'aws-production' },
      action: 'read',
      evaluation_id: expect.stringMatching(/^ev_/),
      access_request: {
        endpoint: `${stack.urls.admin}/access/v1/requests`,
        binding_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
        expires_at: expect.any(String),
      },
    });
    const formUrl = new URL(answer.body.access_request.form_url);
    expect(formUrl.origin + formUrl.pathname).toBe(`${stack.urls.admin}/access-requests/new`);
    expect(Object.fromEntries(formUrl.searchParams)).toMatchObject({
      resource: 'connection:aws-production',
      action: 'read',
      evaluation_id: answer.body.evaluation_id,
    });
    expect(new URLSearchParams(formUrl.hash.slice(1)).get('return_to')).toBe(
      `${stack.urls.proxy}${PRODUCTION}/echo?a=1`,
    );
    expect(answer.headers.get('link')).toBe(
      `<${answer.body.access_request.form_url}>; rel="https://hallpass.dev/rel/request-access"`,
    );
  });

  it('is told by a page with a button in a browser', async () => {
    const answer = await (await stack.proxy('member')).get(`${PRODUCTION}/`, { accept: 'text/html' });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    expect(answer.text).toMatch(
      /<a[^>]+href="[^"]+\/access-requests\/new\?resource=connection:aws-production[^"]*"[^>]*>Request Access</,
    );
    expect(answer.text).toContain('AWS production');
  });

  it('does not learn of what is hidden', async () => {
    const proxy = await stack.proxy('member');
    const [hidden, unknown] = [
      await proxy.get('/connections/payroll/echo'),
      await proxy.get('/connections/nothing/echo'),
    ];
    expect(hidden.status).toBe(404);
    expect(hidden.body.access_request).toBeUndefined();
    expect(hidden.text).not.toMatch(/payroll/i);
    expect(Object.keys(hidden.body)).toEqual(Object.keys(unknown.body));
  });

  it('opens no WebSocket', async () => {
    const authorization = `Bearer ${await stack.tokenOf('member')}`;
    expect(await tryUpgrade(`${stack.urls.proxy}${PRODUCTION}/ws`, { authorization })).toBe(403);
    expect(await tryUpgrade(`${stack.urls.proxy}/connections/aws-staging/ws`, { authorization })).toBe(101);
    expect(await tryUpgrade(`${stack.urls.proxy}/connections/aws-staging/ws`, {})).toBe(401);
  });

  it('needs a token, and a good one', async () => {
    const nobody = await httpClient(stack.urls.proxy, null).get(`${PRODUCTION}/echo`);
    expect(nobody.status).toBe(401);
    expect(nobody.headers.get('www-authenticate')).toMatch(/^Bearer/);
    const garbage = await httpClient(stack.urls.proxy, 'not.a.token').get(`${PRODUCTION}/echo`);
    expect([garbage.status, garbage.body.reason]).toEqual([401, 'identity-invalid']);
  });
});
