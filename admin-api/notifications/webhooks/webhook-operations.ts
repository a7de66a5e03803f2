import { z } from 'zod';
import { AccessError } from '../../../core/access/errors.ts';
import { opaqueId } from '../../../core/access/ids.ts';
import type { Knex } from '../../db/knex.ts';
import { operation, type Operation } from '../../http/operation.ts';
import { decodeCursor, pageQuery, timeCursor, toPage } from '../../http/pagination.ts';
import { text } from '../../http/text.ts';
import { assertCallable } from './post-webhook.ts';
import { PrivateAddress } from './private-address.ts';
import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  findWebhook,
  rotateSecret,
  testWebhook,
  type WebhookStore,
  type WebhookTerms,
} from './webhook-store.ts';
import { WEBHOOK_EVENT_TYPES, type WebhookRow } from './webhook-row.ts';

const MAX_URL_CHARS = 2_000;

const webhookView = z.object({
  id: z.string(),
  url: z.string(),
  description: z.string(),
  event_types: z.array(z.string()).describe('empty: of every type'),
  enabled: z.boolean(),
  disabled_reason: z.string().nullable().describe('why Hallpass itself turned it off'),
  previous_secret_until: z.iso.datetime().nullable().describe('until then the secret before this one signs too'),
  created_at: z.iso.datetime(),
});
const withSecret = webhookView.extend({ secret: z.string().describe('shown here and never again') });
const COMMON = { tag: 'webhooks', minimumRole: 'admin' } as const;
const params = z.object({ id: opaqueId });
const body = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'must be an https:// URL' }).max(MAX_URL_CHARS),
  description: text(200).default(''),
  event_types: z
    .array(z.enum(WEBHOOK_EVENT_TYPES))
    .max(WEBHOOK_EVENT_TYPES.length)
    .refine((types) => new Set(types).size === types.length, 'names a type twice')
    .default([]),
  enabled: z.boolean().default(true),
});

function present(row: WebhookRow): z.output<typeof webhookView> {
  const { id, url, description, event_types, enabled, disabled_reason } = row;
  return {
    id,
    url,
    description,
    event_types,
    enabled,
    disabled_reason,
    previous_secret_until: row.previous_until?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  };
}

function refuse(message: string): AccessError {
  return new AccessError('invalid-value', message, { field: 'url' });
}

/** @throws AccessError `invalid-value` naming `url` */
function checkUrl(url: string, allowPrivate: boolean): void {
  const { protocol, username, password } = new URL(url);
  if (username !== '' || password !== '') throw refuse('must not hold a user name or password');
  if (protocol !== 'https:' && !allowPrivate) throw refuse('must be an https:// URL');
  try {
    assertCallable(url, allowPrivate);
  } catch (error) {
    throw error instanceof PrivateAddress ? refuse(error.message) : error;
  }
}

/** Addresses of other programs that are told of events; an Admin's business. */
export function webhookOperations(knex: Knex, store: WebhookStore, allowPrivate: boolean): Operation[] {
  const checked = (terms: WebhookTerms): WebhookTerms => {
    checkUrl(terms.url, allowPrivate);
    return terms;
  };
  return [
    listOperation(knex),
    operation({
      ...COMMON,
      method: 'post',
      path: '/v1/webhooks',
      summary: 'Add a webhook; its secret is in the answer, and only there',
      answersSecret: true,
      body,
      responses: { 201: { description: 'Created', schema: withSecret } },
      async run({ body: terms, caller }) {
        const { row, secret } = await createWebhook(store, caller, checked(terms));
        return { status: 201, body: { ...present(row), secret } };
      },
    }),
    operation({
      ...COMMON,
      method: 'get',
      path: '/v1/webhooks/{id}',
      summary: 'Read a webhook',
      params,
      responses: { 200: { description: 'The webhook', schema: webhookView } },
      run: async ({ params: { id } }) => ({ status: 200, body: present(await findWebhook(knex, id)) }),
    }),
    operation({
      ...COMMON,
      method: 'put',
      path: '/v1/webhooks/{id}',
      summary: 'Replace a webhook; its secret stays',
      params,
      body,
      responses: { 200: { description: 'Replaced', schema: webhookView } },
      async run({ params: { id }, body: terms, caller }) {
        return { status: 200, body: present(await changeWebhook(store, caller, id, checked(terms))) };
      },
    }),
    operation({
      ...COMMON,
      method: 'delete',
      path: '/v1/webhooks/{id}',
      summary: 'Delete a webhook, with what was still to be sent to it',
      params,
      responses: { 204: { description: 'Deleted' } },
      async run({ params: { id }, caller }) {
        await deleteWebhook(store, caller, id);
        return { status: 204 };
      },
    }),
    ...workOperations(store),
  ];
}

/** What is done with a webhook that is there. */
function workOperations(store: WebhookStore): Operation[] {
  return [
    operation({
      ...COMMON,
      method: 'post',
      path: '/v1/webhooks/{id}/rotate-secret',
      summary: 'Replace the secret; the one before it signs too for a while',
      answersSecret: true,
      params,
      body: z.strictObject({}),
      responses: { 200: { description: 'The new secret', schema: withSecret } },
      async run({ params: { id }, caller }) {
        const { row, secret } = await rotateSecret(store, caller, id);
        return { status: 200, body: { ...present(row), secret } };
      },
    }),
    operation({
      ...COMMON,
      method: 'post',
      path: '/v1/webhooks/{id}/test',
      summary: 'Send something to it now, to see whether it works',
      params,
      body: z.strictObject({}),
      responses: {
        202: {
          description: 'On its way; the delivery says what came of it',
          schema: z.object({ delivery_id: z.string() }),
        },
      },
      async run({ params: { id }, caller }) {
        return { status: 202, body: { delivery_id: await testWebhook(store, caller, id) } };
      },
    }),
  ];
}

function listOperation(knex: Knex): Operation {
  return operation({
    ...COMMON,
    method: 'get',
    path: '/v1/webhooks',
    summary: 'List webhooks, newest first',
    query: z.strictObject({ ...pageQuery }),
    responses: {
      200: {
        description: 'Webhooks',
        schema: z.object({ items: z.array(webhookView), next_cursor: z.string().nullable() }),
      },
    },
    async run({ query }) {
      const after = decodeCursor(query.cursor, timeCursor);
      const rows: WebhookRow[] = await knex('webhooks')
        .modify((q) => (after === null ? q : q.whereRaw('(created_at, id) < (?, ?)', [...after])))
        .orderBy([
          { column: 'created_at', order: 'desc' },
          { column: 'id', order: 'desc' },
        ])
        .limit(query.limit + 1);
      return {
        status: 200,
        body: toPage(rows, query.limit, present, (row) => [row.created_at.toISOString(), row.id]),
      };
    },
  });
}
