import { newId } from '../../core/access/ids.ts';
import type { GrantRow } from '../db/grant-row.ts';
import type { Knex } from '../db/knex.ts';
import type { DomainEvent } from '../db/unit-of-work.ts';
import { planCallbackDeliveries, type TaskCalls } from './callbacks/plan-callback-deliveries.ts';
import { planDeliveries, planRoomDelivery, type Rooms, type Told } from './deliveries/plan-deliveries.ts';
import type { AwaitedReviewers } from './deliveries/present-facts.ts';
import type { ConnectedChannels } from './notification-channel.ts';
import { readNotices, type EventRow } from './read-notices.ts';
import { planWebhookDeliveries } from './webhooks/plan-webhook-deliveries.ts';

export interface TellPorts {
  readonly connectedChannels: ConnectedChannels;
  readonly awaitedReviewers: AwaitedReviewers;
  readonly rooms: Rooms;
  /** Where browsers reach the console. */
  readonly publicUrl: string;
  readonly taskCalls: TaskCalls;
  /** What else has to be arranged before the event counts as handled; must be safe to repeat. */
  readonly beforeDone: (event: {
    readonly type: DomainEvent['type'];
    readonly grant: GrantRow | null;
  }) => Promise<void>;
  /** Told after the commit who has something new to read; only ever a hint, and must not throw. */
  readonly onNotified: (personIds: readonly string[]) => void;
}

/**
 * Turns one committed event into notifications in the console and into deliveries for everything beyond it, once: the
 * event row is locked and marked in the transaction that writes them, so a job that runs twice, or on two workers,
 * finds it done. Nothing leaves from here.
 */
export async function handleOutboxEvent(
  knex: Knex,
  eventId: string,
  nowMs: number,
  ports: TellPorts,
): Promise<'handled' | 'nothing to do'> {
  const event: EventRow | undefined = await knex('outbox_events').where({ id: eventId }).first();
  if (event === undefined || event.handled_at !== null) return 'nothing to do';
  // Talks to the queue, so outside of the transaction (law 5).
  const grantId = event.payload.grant_id;
  const grant: GrantRow | undefined =
    grantId === undefined ? undefined : await knex('grants').where({ id: grantId }).first();
  await ports.beforeDone({ type: event.type, grant: grant ?? null });
  const channels = (await ports.connectedChannels()).map((channel) => channel.name);
  const told = await knex.transaction(async (trx) => {
    const locked: EventRow | undefined = await trx('outbox_events')
      .where({ id: eventId })
      .whereNull('handled_at')
      .forUpdate()
      .first();
    if (locked === undefined) return null;
    const { people, room, subject } = await readNotices(trx, locked, ports.awaitedReviewers);
    const written = people.map((notice): Told => ({ ...notice, notification_id: newId('notification') }));
    if (written.length > 0) {
      await trx('notifications').insert(
        written.map(({ notification_id: id, person_id, title, body, link }) => ({
          id,
          event_id: eventId,
          event_type: locked.type,
          person_id,
          title,
          body,
          link,
          ...subject,
          created_at: new Date(nowMs),
        })),
      );
    }
    const context = { eventId, subject, channels, nowMs };
    await planDeliveries(trx, written, context);
    const place = room === null ? undefined : (await ports.rooms(trx)).get(room.event_type);
    if (room !== null && place !== undefined) await planRoomDelivery(trx, room, place, context);
    await planWebhookDeliveries(trx, locked, ports.publicUrl, nowMs);
    await planCallbackDeliveries(trx, locked, ports.taskCalls, nowMs);
    await trx('outbox_events')
      .where({ id: eventId })
      .update({ handled_at: new Date(nowMs) });
    return written;
  });
  if (told === null) return 'nothing to do';
  if (told.length > 0) ports.onNotified(told.map((notice) => notice.person_id));
  return 'handled';
}
