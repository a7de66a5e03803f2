import { afterAll, beforeAll, describe } from '@jest/globals';
import { startAdminApi, type TestAdminApi } from '../support/admin-api.ts';
import type { Answer } from '../support/http-client.ts';
import { startStack, type Stack } from '../support/quickstart-stack.ts';
import { PROFILES } from '../support/test-services.ts';
import { waitUntil } from '../support/wait-until.ts';

/** One row of what was ordered, on the admin API and its worker, with the embedded default and with PostgreSQL + Redis. */
export function requirement(row: string, text: string, tests: (api: () => TestAdminApi) => void): void {
  describe.each(PROFILES)(`${row}: ${text} (%s)`, (profile) => {
    let api: TestAdminApi;
    beforeAll(async () => {
      api = await startAdminApi(profile);
      await api.startWorker();
    }, 60_000);
    afterAll(() => api?.stop());
    tests(() => api);
  });
}

/** The same for rows that need the sidecar, the console or the upstreams: everything that `npm start` starts. */
export function stackRequirement(row: string, text: string, tests: (stack: () => Stack) => void): void {
  describe.each(PROFILES)(`${row}: ${text} (%s)`, (profile) => {
    let stack: Stack;
    beforeAll(async () => {
      stack = await startStack(profile);
    }, 120_000);
    afterAll(() => stack?.stop());
    tests(() => stack);
  });
}

export const AWS_PRODUCTION = { type: 'connection', id: 'aws-production' };
export const BILLING_DB = { type: 'target', id: 'billing-db' };
export const COST_EXPLORER = { type: 'feature', id: 'cost-explorer' };

/** Asks for AWS production for an hour, unless told otherwise. @throws Error unless the answer is 201 */
export async function ask(api: TestAdminApi, name: string, wanted: object = {}): Promise<Answer['body']> {
  const what = 'scope_id' in wanted || 'role' in wanted ? {} : { resource: AWS_PRODUCTION };
  const body = { ...what, reason: 'INC-42: invoices fail.', duration_seconds: 3_600, ...wanted };
  const answer = await api.as(name).post('/v1/access-requests', body);
  if (answer.status !== 201) throw new Error(`${name} could not ask: ${answer.status} ${answer.text}`);
  return answer.body;
}

/** Approves as Ada Admin. @returns `{request, grant, feed_revision}` @throws Error unless the answer is 200 */
export async function approve(api: TestAdminApi, id: string, change: object = {}): Promise<Answer['body']> {
  const answer = await api.as('admin').post(`/v1/access-requests/${id}/approve`, change);
  if (answer.status !== 200) throw new Error(`could not approve: ${answer.status} ${answer.text}`);
  return answer.body;
}

/** The notification with this title, once it is there. */
export function notified(api: TestAdminApi, name: string, title: RegExp): Promise<Answer['body']> {
  return waitUntil(`${name} to be told ${title}`, async () => {
    const { body } = await api.as(name).get('/v1/notifications?limit=100');
    return body.items.find((item: { title: string }) => title.test(item.title));
  });
}

/** The audit entries of a request, oldest first, read by the Owner. */
export async function auditOf(api: TestAdminApi, requestId: string): Promise<Answer['body'][]> {
  const { body } = await api.as('owner').get(`/v1/audit-events?request_id=${requestId}&limit=100`);
  return body.items.toReversed();
}

/** The entry of this type about a request, once it is there. */
export function audited(api: TestAdminApi, requestId: string, type: string): Promise<Answer['body']> {
  return waitUntil(`the audit to have ${type}`, async () =>
    (await auditOf(api, requestId)).find((entry) => entry.type === type),
  );
}
