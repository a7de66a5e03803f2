import { z } from 'zod';
import { AccessError } from '../../core/access/errors.ts';
import { opaqueId } from '../../core/access/ids.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { Knex } from '../db/knex.ts';
import { operation, type Operation } from '../http/operation.ts';
import { decodeCursor, pageQuery, timeCursor, toPage } from '../http/pagination.ts';

interface NotificationRow {
  id: string;
  event_type: string;
  title: string;
  body: string;
  link: string;
  created_at: Date;
  read_at: Date | null;
}

const notificationSchema = z.object({
  id: z.string(),
  event_type: z.string(),
  title: z.string(),
  body: z.string(),
  link: z.string(),
  created_at: z.iso.datetime(),
  read_at: z.iso.datetime().nullable(),
});

function present(row: NotificationRow): z.output<typeof notificationSchema> {
  const { id, event_type, title, body, link } = row;
  return {
    id,
    event_type,
    title,
    body,
    link,
    created_at: row.created_at.toISOString(),
    read_at: row.read_at?.toISOString() ?? null,
  };
}

export function notificationOperations(knex: Knex, clock: Clock): Operation[] {
  return [
    operation({
      method: 'get',
      path: '/v1/notifications',
      tag: 'notifications',
      summary: "List one's own notifications, newest first",
      query: z.strictObject({ unread: z.enum(['true', 'false']).optional(), ...pageQuery }),
      responses: {
        200: {
          description: 'Notifications',
          schema: z.object({ items: z.array(notificationSchema), next_cursor: z.string().nullable() }),
        },
      },
      async run({ query, caller }) {
        const after = decodeCursor(query.cursor, timeCursor);
        const rows: NotificationRow[] = await knex('notifications')
          .where({ person_id: caller.id })
          .modify((q) => {
            if (query.unread === 'true') void q.whereNull('read_at');
            if (after !== null) void q.whereRaw('(created_at, id) < (?, ?)', [...after]);
          })
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
    }),
    operation({
      method: 'post',
      path: '/v1/notifications/{id}/read',
      tag: 'notifications',
      summary: 'Mark a notification as read',
      params: z.object({ id: opaqueId }),
      body: z.strictObject({}),
      responses: { 200: { description: 'Read', schema: notificationSchema } },
      async run({ params, caller }) {
        const [row] = (await knex('notifications')
          .where({ id: params.id, person_id: caller.id })
          .update({ read_at: knex.raw('COALESCE(read_at, ?)', [new Date(clock())]) })
          .returning('*')) as NotificationRow[];
        if (row === undefined) throw new AccessError('not-found', 'You have no such notification.');
        return { status: 200, body: present(row) };
      },
    }),
    ...allOperations(knex, clock),
  ];
}

/** About all of one's notifications at once. */
function allOperations(knex: Knex, clock: Clock): Operation[] {
  return [
    operation({
      method: 'get',
      path: '/v1/notifications/count',
      tag: 'notifications',
      summary: "Count one's own notifications",
      query: z.strictObject({ unread: z.enum(['true', 'false']).optional() }),
      responses: { 200: { description: 'How many', schema: z.object({ count: z.int() }) } },
      async run({ query, caller }) {
        const row = await knex('notifications')
          .where({ person_id: caller.id })
          .modify((q) => (query.unread === 'true' ? q.whereNull('read_at') : q))
          .count<{ count: number }[]>('* as count')
          .first();
        return { status: 200, body: { count: row?.count ?? 0 } };
      },
    }),
    operation({
      method: 'post',
      path: '/v1/notifications/read-all',
      tag: 'notifications',
      summary: "Mark all of one's notifications as read",
      body: z.strictObject({}),
      responses: { 200: { description: 'Read', schema: z.object({ marked: z.int() }) } },
      async run({ caller }) {
        const marked = await knex('notifications')
          .where({ person_id: caller.id })
          .whereNull('read_at')
          .update({ read_at: new Date(clock()) });
        return { status: 200, body: { marked } };
      },
    }),
  ];
}
