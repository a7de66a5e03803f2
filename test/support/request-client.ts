import type { TestAdminApi } from './admin-api.ts';
import type { Answer } from './http-client.ts';

export const PRODUCTION = { type: 'connection', id: 'aws-production' } as const;

/** What tests of requests do all the time, as people who are named. */
export function requestClient(api: TestAdminApi) {
  return {
    ask: (body: object = {}, who = 'member'): Promise<Answer> =>
      api.as(who).post('/v1/access-requests', { reason: 'INC-42', ...withThing(withLength(body)) }),
    preview: (body: object = {}, who = 'member'): Promise<Answer> =>
      api.as(who).post('/v1/access-requests/preview', withThing(body)),
    approve: (id: string, body: object = {}, who = 'admin'): Promise<Answer> =>
      api.as(who).post(`/v1/access-requests/${id}/approve`, body),
    read: async (id: string, who = 'owner') => (await api.as(who).get(`/v1/access-requests/${id}`)).body,
    /** A connection with these attributes, and its reference. */
    async connection(id: string, attributes: object, more: object = {}): Promise<{ type: 'connection'; id: string }> {
      const body = { name: id, environment: 'production', attributes, ...more };
      const answer = await api.as('owner').send('PUT', `/v1/resources/connection/${id}`, {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      });
      if (answer.status > 201) throw new Error(answer.text);
      return { type: 'connection', id };
    },
    /** Types of the audit entries of one request, the oldest first, with their details. */
    async story(id: string): Promise<{ type: string; details: Record<string, unknown> }[]> {
      const events = await api.as('owner').get(`/v1/audit-events?request_id=${id}`);
      return events.body.items.toReversed();
    },
  };
}

function withThing(body: object): object {
  const isNamed = ['resource', 'resources', 'scope_id', 'role', 'extends_grant_id'].some((name) => name in body);
  return isNamed ? body : { resource: PRODUCTION, ...body };
}

function withLength(body: object): object {
  return 'until' in body || 'duration_seconds' in body ? body : { duration_seconds: 3600, ...body };
}
