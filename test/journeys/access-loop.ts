import type { Answer } from '../support/http-client.ts';
import type { Stack } from '../support/quickstart-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

export const PRODUCTION = '/connections/aws-production';

/** What a request asks for, besides its reason. */
export interface Wanted {
  readonly resource?: { type: string; id: string };
  readonly scope_id?: string;
  readonly role?: string;
  readonly extends_grant_id?: string;
  readonly starts_at?: string;
  readonly duration_seconds: number | null;
  readonly reason?: string;
  readonly binding_token?: string;
  readonly evaluation_id?: string;
  readonly action?: string;
  readonly return_to?: string;
}

export const AWS_PRODUCTION = { type: 'connection', id: 'aws-production' };

/** Asks as a person. @throws Error unless the answer is 201 */
export async function ask(stack: Stack, name: string, wanted: Wanted): Promise<Answer['body']> {
  const answer = await (await stack.api(name)).post('/v1/access-requests', { reason: 'Invoices fail.', ...wanted });
  if (answer.status !== 201) throw new Error(`${name} could not ask: ${answer.status} ${answer.text}`);
  return answer.body;
}

/** Approves as a person. @returns `{request, grant, feed_revision}` @throws Error unless the answer is 200 */
export async function approve(
  stack: Stack,
  name: string,
  requestId: string,
  change: Record<string, unknown> = {},
): Promise<Answer['body']> {
  const answer = await (await stack.api(name)).post(`/v1/access-requests/${requestId}/approve`, change);
  if (answer.status !== 200) throw new Error(`${name} could not approve: ${answer.status} ${answer.text}`);
  return answer.body;
}

/** As the waiting page does: looks at the request until access is in effect at every sidecar. */
export async function waitUntilInEffect(stack: Stack, name: string, requestId: string): Promise<void> {
  const api = await stack.api(name);
  await waitUntil('access to be in effect', async () => {
    const { body } = await api.get(`/v1/access-requests/${requestId}`);
    return body.status === 'approved' && body.in_effect === true;
  });
}

/** Asked by `name`, approved by `admin`, in effect. */
export async function obtain(stack: Stack, name: string, wanted: Wanted): Promise<Answer['body']> {
  const request = await ask(stack, name, wanted);
  const { grant } = await approve(stack, 'admin', request.id);
  await waitUntilInEffect(stack, name, request.id);
  return grant;
}

/** The newest events of the audit, oldest first, seen by `admin`. */
export async function auditOf(stack: Stack, query = ''): Promise<Answer['body'][]> {
  const { body } = await (await stack.api('admin')).get(`/v1/audit-events?limit=100${query}`);
  return body.items.toReversed();
}

export async function waitForAudit(stack: Stack, type: string, query: string): Promise<Answer['body']> {
  return waitUntil(`the audit to have ${type}`, async () => {
    return (await auditOf(stack, query)).find((event) => event.type === type);
  });
}

export async function waitForNotification(stack: Stack, name: string, title: RegExp): Promise<Answer['body']> {
  const api = await stack.api(name);
  return waitUntil(`${name} to be told ${title}`, async () => {
    const { body } = await api.get('/v1/notifications?limit=100');
    return body.items.find((item: { title: string }) => title.test(item.title));
  });
}
