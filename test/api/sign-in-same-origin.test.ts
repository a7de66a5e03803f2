import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSession } from '../../admin-api/sessions/start-session.ts';
import { findFreePort } from '../support/free-port.ts';
import { addPerson, LIMITS, startSignInApp, type SignInApp } from './sign-in-app.ts';

let app: SignInApp;
let cookie: string;

beforeAll(async () => {
  app = await startSignInApp({
    port: await findFreePort(),
    oidc: { issuer: 'http://127.0.0.1:9', client_id: 'unused', client_secret: 'unused' },
    verifyBearer: async () => ({ sub: 'idp|ada', expires_at: Date.now() + 60_000 }),
  });
  await addPerson(app.knex, { id: 'per_ada', email: 'ada@example.com', sub: 'idp|ada' });
  const { token } = await startSession(app.knex, { person_id: 'per_ada', user_agent: null }, LIMITS, Date.now());
  cookie = `hallpass_session=${token}`;
});
afterAll(() => app?.stop());

async function change(headers: Record<string, string>, method = 'POST'): Promise<{ status: number; code: unknown }> {
  const all: Record<string, string> = { ...headers, cookie };
  if (all['origin'] === 'OWN') all['origin'] = app.url;
  const response = await fetch(`${app.url}/v1/caller`, { method, headers: all });
  return { status: response.status, code: ((await response.json()) as { code?: unknown }).code };
}

describe('a request with a session cookie that changes something', () => {
  const json = { 'content-type': 'application/json' };
  it.each<[string, Record<string, string>]>([
    ['from our own page, by Origin', { ...json, origin: 'OWN' }],
    ['from our own page, by Sec-Fetch-Site', { ...json, 'sec-fetch-site': 'same-origin' }],
    ['with a charset', { 'content-type': 'application/json; charset=utf-8', 'sec-fetch-site': 'same-origin' }],
  ])('passes %s', async (_, headers) => {
    expect((await change(headers)).status).toBe(200);
  });

  it.each<[string, Record<string, string>]>([
    ['from nowhere', json],
    ['from another site', { ...json, origin: 'https://evil.example' }],
    ['from a sandboxed frame', { ...json, origin: 'null' }],
    ['from our host on another port', { ...json, origin: 'http://127.0.0.1:1' }],
    ['from a sibling site', { ...json, 'sec-fetch-site': 'same-site' }],
    ['from another site that claims our Origin', { ...json, origin: 'OWN', 'sec-fetch-site': 'cross-site' }],
    ['typed into the address bar', { ...json, 'sec-fetch-site': 'none' }],
    ['as a form', { 'content-type': 'application/x-www-form-urlencoded', origin: 'OWN' }],
    ['as plain text', { 'content-type': 'text/plain', origin: 'OWN' }],
    ['as nearly JSON', { 'content-type': 'application/jsonx', origin: 'OWN' }],
    ['as text that hints at JSON', { 'content-type': 'text/plain; a=application/json', origin: 'OWN' }],
    ['without a type', { origin: 'OWN' }],
  ])('is refused %s', async (_, headers) => {
    const response = await change(headers);
    expect(response).toEqual({ status: 403, code: 'cross-site' });
  });

  it.each(['PUT', 'PATCH', 'DELETE'])('is held to it for %s too', async (method) => {
    expect((await change(json, method)).status).toBe(403);
  });

  it('needs no such proof to read, nor with a bearer token', async () => {
    expect((await change({ 'sec-fetch-site': 'cross-site' }, 'GET')).status).toBe(200);
    const response = await fetch(`${app.url}/v1/caller`, { method: 'POST', headers: { authorization: 'Bearer abc' } });
    expect(await response.json()).toMatchObject({ person_id: 'per_ada', via: 'bearer' });
  });
});
