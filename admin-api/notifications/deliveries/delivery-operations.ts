import { z } from 'zod';
import { AccessError } from '../../../core/access/errors.ts';
import { opaqueId } from '../../../core/access/ids.ts';
import type { Knex } from '../../db/knex.ts';
import type { RunUnitOfWork } from '../../db/unit-of-work.ts';
import { operation, type Operation } from '../../http/operation.ts';
import { decodeCursor, pageQuery, timeCursor, toPage } from '../../http/pagination.ts';
import { DELIVERY_CHANNELS, DELIVERY_STATES, type DeliveryRow } from './delivery-row.ts';
import { resendDelivery } from './resend-delivery.ts';

type ListedRow = DeliveryRow & { person_name: string | null; person_email: string | null; webhook_url: string | null };

const deliveryView = z.object({
  id: z.string(),
  channel: z.enum(DELIVERY_CHANNELS),
  state: z.enum(DELIVERY_STATES),
  reason: z.string().nullable().describe('why it was dropped, or is dead'),
  event_type: z.string(),
  person: z.object({ id: z.string(), name: z.string(), email: z.string() }).nullable(),
  room: z.string().nullable().describe('a place of the team at the channel'),
  webhook: z.object({ id: z.string(), url: z.string() }).nullable(),
  event_id: z.string().nullable(),
  request_id: z.string().nullable(),
  grant_id: z.string().nullable(),
  title: z.string().nullable(),
  attempts: z.int(),
  next_attempt_at: z.iso.datetime().nullable(),
  last_error: z.string().nullable(),
  response: z.object({ status: z.int(), excerpt: z.string() }).nullable(),
  external_ref: z.string().nullable(),
  created_at: z.iso.datetime(),
  finished_at: z.iso.datetime().nullable(),
});

function present(row: ListedRow): z.output<typeof deliveryView> {
  const { id, channel, state, reason, event_type, room, event_id, request_id, grant_id, attempts } = row;
  const { title } = row.content as { title?: string };
  return {
    id,
    channel,
    state,
    reason,
    event_type,
    person:
      row.person_id === null
        ? null
        : { id: row.person_id, name: row.person_name as string, email: row.person_email as string },
    room,
    webhook: row.webhook_id === null ? null : { id: row.webhook_id, url: row.webhook_url as string },
    event_id,
    request_id,
    grant_id,
    title: title ?? null,
    attempts,
    next_attempt_at: row.next_attempt_at?.toISOString() ?? null,
    last_error: row.last_error,
    response: row.response,
    external_ref: row.external_ref,
    created_at: row.created_at.toISOString(),
    finished_at: row.finished_at?.toISOString() ?? null,
  };
}

function listed(knex: Knex): Knex.QueryBuilder {
  return knex('deliveries')
    .leftJoin('people', 'people.id', 'deliveries.person_id')
    .leftJoin('webhooks', 'webhooks.id', 'deliveries.webhook_id')
    .select(
      'deliveries.*',
      'people.name AS person_name',
      'people.email AS person_email',
      'webhooks.url AS webhook_url',
    );
}

async function readDelivery(knex: Knex, id: string): Promise<z.output<typeof deliveryView>> {
  const row = (await listed(knex).where('deliveries.id', id).first()) as ListedRow | undefined;
  if (row === undefined) throw new AccessError('not-found', 'There is no such delivery.');
  return present(row);
}

const query = z.strictObject({
  state: z.enum(DELIVERY_STATES).optional(),
  channel: z.enum(DELIVERY_CHANNELS).optional(),
  person: opaqueId.optional(),
  event: opaqueId.optional().describe('id of the event'),
  event_type: z.string().max(100).optional(),
  request: opaqueId.optional(),
  webhook: opaqueId.optional(),
  ...pageQuery,
});

/** What was sent, waits, failed for good or was left out, for the Admins who are asked about it. */
export function deliveryOperations(knex: Knex, run: RunUnitOfWork): Operation[] {
  const common = { tag: 'deliveries', minimumRole: 'admin' } as const;
  return [
    operation({
      ...common,
      method: 'get',
      path: '/v1/deliveries',
      summary: 'List deliveries, newest first; state=dead are those that need somebody',
      query,
      responses: {
        200: {
          description: 'Deliveries',
          schema: z.object({ items: z.array(deliveryView), next_cursor: z.string().nullable() }),
        },
      },
      async run({ query: asked }) {
        const after = decodeCursor(asked.cursor, timeCursor);
        const filters = {
          'deliveries.state': asked.state,
          'deliveries.channel': asked.channel,
          'deliveries.person_id': asked.person,
          'deliveries.event_id': asked.event,
          'deliveries.event_type': asked.event_type,
          'deliveries.request_id': asked.request,
          'deliveries.webhook_id': asked.webhook,
        };
        const given = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
        const rows = (await listed(knex)
          .where(given)
          .modify((q: Knex.QueryBuilder) => {
            if (after !== null) void q.whereRaw('(deliveries.created_at, deliveries.id) < (?, ?)', [...after]);
          })
          .orderBy([
            { column: 'deliveries.created_at', order: 'desc' },
            { column: 'deliveries.id', order: 'desc' },
          ])
          .limit(asked.limit + 1)) as ListedRow[];
        return {
          status: 200,
          body: toPage(rows, asked.limit, present, (row) => [row.created_at.toISOString(), row.id]),
        };
      },
    }),
    operation({
      ...common,
      method: 'get',
      path: '/v1/deliveries/{id}',
      summary: 'Read a delivery',
      params: z.object({ id: opaqueId }),
      responses: { 200: { description: 'The delivery', schema: deliveryView } },
      run: async ({ params }) => ({ status: 200, body: await readDelivery(knex, params.id) }),
    }),
    operation({
      ...common,
      method: 'post',
      path: '/v1/deliveries/{id}/resend',
      summary: 'Try a dead delivery again',
      params: z.object({ id: opaqueId }),
      body: z.strictObject({}),
      responses: { 200: { description: 'Waiting to be sent', schema: deliveryView } },
      async run({ params, caller }) {
        await resendDelivery(run, caller, params.id);
        return { status: 200, body: await readDelivery(knex, params.id) };
      },
    }),
  ];
}
