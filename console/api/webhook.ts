import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { deleteJson, getJson, postJson, putJson } from './api-client.ts';
import type { Page } from './page.ts';
import { queryKeys } from './query-keys.ts';

/** An address of another program that is told of events. */
export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly description: string;
  /** Empty: of every type. */
  readonly event_types: readonly string[];
  readonly enabled: boolean;
  /** Why Hallpass itself turned it off. */
  readonly disabled_reason: string | null;
  /** Until then the secret before this one signs too. */
  readonly previous_secret_until: string | null;
  readonly created_at: string;
}

export type WebhookBody = Pick<Webhook, 'url' | 'description' | 'event_types' | 'enabled'>;

/** The secret is in this answer and never again. */
export type WebhookWithSecret = Webhook & { readonly secret: string };

/** What webhooks can be told of (`admin-api/notifications/webhooks/webhook-row.ts`); a test holds the two equal. */
export const WEBHOOK_EVENT_TYPES = [
  'access-request.submitted',
  'access-request.reminded',
  'access-request.stage-opened',
  'access-request.approved',
  'access-request.denied',
  'access-request.cancelled',
  'access-request.expired',
  'access-request.break-glass',
  'access-request.break-glass-closed',
  'grant.created',
  'grant.extended',
  'grant.expiring',
  'grant.expired',
  'grant.revoked',
  'grant.given-up',
] as const;

/** Newest first. */
export function webhooksQuery() {
  return infiniteQueryOptions({
    queryKey: queryKeys.webhooks,
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<Webhook>>('/v1/webhooks', { query: { limit: 50, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function webhookQuery(id: string) {
  return queryOptions({
    queryKey: queryKeys.webhook(id),
    queryFn: ({ signal }) => getJson<Webhook>(webhookPath(id), { signal }),
  });
}

export function createWebhook(body: WebhookBody, idempotencyKey: string): Promise<WebhookWithSecret> {
  return postJson('/v1/webhooks', body, idempotencyKey);
}

/** Replaces it; its secret stays. */
export function putWebhook(id: string, body: WebhookBody, idempotencyKey: string): Promise<Webhook> {
  return putJson(webhookPath(id), body, idempotencyKey);
}

export function deleteWebhook(id: string, idempotencyKey: string): Promise<null> {
  return deleteJson(webhookPath(id), idempotencyKey);
}

export function rotateWebhookSecret(id: string, idempotencyKey: string): Promise<WebhookWithSecret> {
  return postJson(`${webhookPath(id)}/rotate-secret`, {}, idempotencyKey);
}

/** Sends something to it now; the delivery says what came of it. */
export function testWebhook(id: string, idempotencyKey: string): Promise<{ readonly delivery_id: string }> {
  return postJson(`${webhookPath(id)}/test`, {}, idempotencyKey);
}

function webhookPath(id: string): string {
  return `/v1/webhooks/${encodeURIComponent(id)}`;
}
