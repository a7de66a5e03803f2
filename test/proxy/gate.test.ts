import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { grant, TEST_FACTS } from './support/facts.ts';
import { CONSOLE_URL, PUBLIC_URL, startSidecar, type TestSidecar } from './support/sidecar.ts';

const DENIED = '/connections/aws-production/echo?q=1';

describe('the gate', () => {
  let sidecar: TestSidecar;
  beforeAll(async () => {
    sidecar = await startSidecar({
      facts: [
        ...TEST_FACTS,
        grant('grt_staging', 'member', 'scope:staging'),
        grant('grt_billing', 'member2', 'target:billing-db'),
        grant('grt_viewer', 'viewer', 'connection:aws-staging'),
      ],
    });
  });
  afterAll(() => sidecar.stop());

  it('lets a member of a Scope through, and sends the path after the prefix with its query', async () => {
    const answer = await sidecar.visit('member', '/connections/aws-staging/echo/a%20b?x=%2e%2e/&y');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ method: 'GET', url: '/echo/a%20b?x=%2e%2e/&y' });
  });

  it('puts the path of the upstream before what is sent', async () => {
    const answer = await sidecar.visit('member2', '/targets/billing-db/tables');
    expect(await answer.json()).toMatchObject({ url: '/billing/tables' });
  });

  it('tells the upstream who it is, by headers of its own', async () => {
    await sidecar.visit('member', '/connections/aws-staging/echo');
    const { headers } = sidecar.upstream.last;
    expect(headers).toMatchObject({
      'x-hallpass-subject': 'per_member',
      'x-hallpass-email': 'member@example.com',
      'x-hallpass-role': 'member',
      'x-hallpass-evaluation-id': expect.stringMatching(/^ev_[0-9a-f]{32}$/),
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'proxy.example.com',
      'x-forwarded-prefix': '/connections/aws-staging',
      host: sidecar.upstream.url.slice('http://'.length),
    });
    expect(headers.authorization).toBeUndefined();
  });

  it('streams a body through as it is', async () => {
    const answer = await sidecar.visit('member', '/connections/aws-staging/echo', {
      method: 'POST',
      body: 'a=1&b=%0d%0a',
    });
    expect(await answer.json()).toMatchObject({ method: 'POST', body: 'a=1&b=%0d%0a' });
  });

  it('refuses what the role is too low for, grant or not', async () => {
    expect((await sidecar.visit('viewer', '/connections/aws-staging/echo')).status).toBe(200);
    const answer = await sidecar.visit('viewer', '/connections/aws-staging/echo', { method: 'POST', body: 'x' });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ reason: 'action-not-permitted', action: 'write' });
  });

  it('answers a program with a problem that carries the way to a yes', async () => {
    const before = sidecar.upstream.requests.length;
    const answer = await sidecar.visit('member', DENIED);
    const problem = (await answer.json()) as Record<string, any>;
    expect(answer.status).toBe(403);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(problem).toMatchObject({
      type: 'https://hallpass.dev/problems/access-denied',
      status: 403,
      reason: 'no-grant',
      resource: { type: 'connection', id: 'aws-production' },
      action: 'read',
      evaluation_id: expect.stringMatching(/^ev_/),
    });
    const form = new URL(problem.access_request.form_url);
    expect(form.origin + form.pathname).toBe(`${CONSOLE_URL}/access-requests/new`);
    expect(Object.fromEntries(form.searchParams)).toEqual({
      resource: 'connection:aws-production',
      action: 'read',
      evaluation_id: problem.evaluation_id,
    });
    expect(form.hash).toBe(`#return_to=${encodeURIComponent(PUBLIC_URL + DENIED)}`);
    expect(problem.access_request.endpoint).toBe(`${CONSOLE_URL}/access/v1/requests`);
    expect(answer.headers.get('link')).toBe(
      `<${problem.access_request.form_url}>; rel="https://hallpass.dev/rel/request-access"`,
    );
    expect(sidecar.upstream.requests.length).toBe(before);
  });

  it('binds the denial to what was denied, with the key it has registered', async () => {
    const problem = (await (await sidecar.visit('member', DENIED)).json()) as Record<string, any>;
    const token = problem.access_request.binding_token as string;
    expect(decodeJwt(token)).toMatchObject({
      iss: PUBLIC_URL,
      aud: CONSOLE_URL,
      jti: problem.evaluation_id,
      subject: { type: 'user', id: 'per_member' },
      resource: { type: 'connection', id: 'aws-production' },
      action: { name: 'read' },
      return_to: PUBLIC_URL + DENIED,
    });
    const registered = sidecar.feed.registrations[0]!.denial_key as { kid: string };
    expect(decodeProtectedHeader(token).kid).toBe(registered.kid);
  });

  it('offers no way back to something that is not a GET', async () => {
    const answer = await sidecar.visit('member', DENIED, { method: 'POST', body: 'x' });
    const problem = (await answer.json()) as Record<string, any>;
    expect(problem.access_request.form_url).not.toContain('#');
  });

  it('answers a browser with a page that has a way to ask, and can run nothing', async () => {
    const answer = await sidecar.visit('member', DENIED, {
      headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' },
    });
    const page = await answer.text();
    expect(answer.status).toBe(403);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(page).toMatch(
      /<a class="button" href="http:\/\/console\.example\.com\/access-requests\/new\?[^"]+" rel="noreferrer">Request Access<\/a>/,
    );
    expect(page).toContain('The aws-production');
    expect(page).toContain('member@example.com');
    expect(page).not.toMatch(/<script|javascript:|onload=/i);
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  it('answers gRPC with status 7 and the same facts as metadata', async () => {
    const answer = await sidecar.visit('member', '/connections/aws-production/pkg.Service/Method', {
      method: 'POST',
      headers: { 'content-type': 'application/grpc+proto' },
      body: 'x',
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/grpc');
    expect(answer.headers.get('grpc-status')).toBe('7');
    expect(answer.headers.get('grpc-message')).toContain('You have no grant');
    expect(answer.headers.get('hallpass-reason')).toBe('no-grant');
    expect(answer.headers.get('hallpass-access-request-form')).toContain(`${CONSOLE_URL}/access-requests/new`);
    expect(await answer.text()).toBe('');
  });

  it('asks for an identity before it says anything about a path', async () => {
    const bodies = [];
    for (const path of ['/connections/aws-production/x', '/connections/payroll/x', '/nowhere', '/']) {
      const answer = await sidecar.visit(null, path);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="hallpass"');
      const { evaluation_id: _, ...body } = (await answer.json()) as Record<string, unknown>;
      bodies.push(body);
    }
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
    expect(bodies[0]).toMatchObject({
      reason: 'identity-missing',
      type: 'https://hallpass.dev/problems/not-signed-in',
    });
  });

  it('sends a browser without an identity to the console, with the way back out of any server log', async () => {
    const answer = await sidecar.visit(null, DENIED, { headers: { accept: 'text/html' } });
    expect(await answer.text()).toContain(
      `href="${CONSOLE_URL}/go-back#return_to=${encodeURIComponent(PUBLIC_URL + DENIED)}"`,
    );
  });

  it('answers the same 404 for an unknown route, an unknown resource and a hidden one', async () => {
    const seen = new Set<string>();
    for (const accept of ['application/json', 'text/html']) {
      seen.clear();
      for (const path of ['/nowhere', '/connections/unheard-of/x', '/connections/payroll/x', '/connections/payrol']) {
        const answer = await sidecar.visit('member', path, { headers: { accept } });
        expect(answer.status).toBe(404);
        const text = (await answer.text()).replaceAll(/ev_[0-9a-f]{32}|\d{4}-\d\d-\d\dT[\d:.]+Z/g, '');
        const headers = [...answer.headers].filter(([name]) => name !== 'date');
        seen.add(JSON.stringify([headers, text]));
      }
      expect(seen.size).toBe(1);
    }
  });

  it('refuses a known token of somebody unknown, and one of somebody disabled, whatever the path', async () => {
    for (const path of ['/connections/aws-staging/echo', '/nowhere']) {
      const stranger = await sidecar.visit('stranger', path);
      expect([stranger.status, ((await stranger.json()) as any).reason]).toEqual([403, 'subject-unknown']);
      const gone = await sidecar.visit('gone', path);
      expect([gone.status, ((await gone.json()) as any).reason]).toEqual([403, 'subject-disabled']);
    }
  });

  it('turns a denial into a retry for a caller that is ahead of the replica, and nothing else', async () => {
    const ahead = { 'hallpass-after-revision': '99' };
    const denied = await sidecar.visit('member', DENIED, { headers: ahead });
    expect([denied.status, denied.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await denied.json()).toMatchObject({ reason: 'grant-pending' });
    for (const path of ['/nowhere', '/connections/payroll/x']) {
      expect((await sidecar.visit('member', path, { headers: ahead })).status).toBe(503);
    }
    expect((await sidecar.visit(null, DENIED, { headers: ahead })).status).toBe(401);
    const allowed = await sidecar.visit('member', '/connections/aws-staging/echo', { headers: ahead });
    expect(allowed.status).toBe(200);
    expect(sidecar.upstream.last.headers['hallpass-after-revision']).toBeUndefined();
    const notAhead = await sidecar.visit('member', DENIED, { headers: { 'hallpass-after-revision': '0' } });
    expect(notAhead.status).toBe(403);
  });

  it('refuses methods that have no action on the route', async () => {
    const answer = await sidecar.visit('member', '/connections/aws-staging/echo', { method: 'PROPFIND' });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ reason: 'action-not-permitted' });
    expect((await sidecar.visit('member', '/connections/payroll/x', { method: 'PROPFIND' })).status).toBe(404);
  });

  it('takes the identity from the cookie too, and keeps it and its own cookies from the upstream', async () => {
    const token = await sidecar.tokenOf('member');
    const answer = await sidecar.visit(null, '/connections/aws-staging/echo', {
      headers: { cookie: `app=1; hallpass_token=${token}; __Host-hallpass_session=s; HALLPASS_x=1; other=2` },
    });
    expect(answer.status).toBe(200);
    expect(sidecar.upstream.last.headers.cookie).toBe('app=1; other=2');
    expect(answer.headers.getSetCookie()).toEqual(['app=1; Path=/']);
  });

  it('does not let another site use the cookie for what may change something', async () => {
    const cookie = `hallpass_token=${await sidecar.tokenOf('member')}`;
    const path = '/connections/aws-staging/echo';
    const post = (headers: Record<string, string>) =>
      sidecar.visit(null, path, { method: 'POST', body: 'x', headers: { cookie, ...headers } });
    expect((await post({ 'sec-fetch-site': 'cross-site' })).status).toBe(400);
    expect((await post({ origin: 'https://evil.example' })).status).toBe(400);
    expect((await post({ origin: 'null' })).status).toBe(400);
    expect((await post({ origin: sidecar.url })).status).toBe(200);
    expect((await post({ origin: PUBLIC_URL })).status).toBe(200);
    expect((await post({})).status).toBe(200);
  });
});
