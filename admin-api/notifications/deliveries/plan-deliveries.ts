import { newId } from '../../../core/access/ids.ts';
import type { Knex } from '../../db/knex.ts';
import type { EventSubject } from '../read-notices.ts';
import type { ChannelName } from '../notification-channel.ts';
import type { Notice, NoticeText } from '../notice.ts';
import type { NotificationEventType } from '../notification-event-type.ts';
import { planDelivery, type DeliveryPlan } from '../preferences/channel-policy.ts';
import { DEFAULT_PREFERENCES } from '../preferences/channel-policy.ts';
import { readPreferences, readTeamPolicy } from '../preferences/preference-store.ts';

/** Where the team wants events of a type posted too, such as a channel in Slack. */
export type Rooms = (knex: Knex) => Promise<ReadonlyMap<NotificationEventType, string>>;

export interface Told extends Notice {
  readonly notification_id: string;
}

interface PlanContext {
  readonly eventId: string;
  readonly subject: EventSubject;
  readonly channels: readonly ChannelName[];
  readonly nowMs: number;
}

/** Writes down what has to leave, and what does not and why: one row per person and channel, however often it runs. */
export async function planDeliveries(trx: Knex, told: readonly Told[], context: PlanContext): Promise<void> {
  if (told.length === 0 || context.channels.length === 0) return;
  const policy = await readTeamPolicy(trx);
  const preferences = await readPreferences(
    trx,
    told.map((notice) => notice.person_id),
  );
  const rows = told.flatMap((notice) =>
    context.channels.map((channel) => {
      const own = preferences.get(notice.person_id) ?? DEFAULT_PREFERENCES;
      const plan = planDelivery(policy, own, notice.event_type, channel, context.nowMs);
      const to = { channel, notification_id: notice.notification_id, person_id: notice.person_id };
      return { ...deliveryOf(notice, context), ...to, ...columnsOf(plan, context.nowMs) };
    }),
  );
  await trx('deliveries').insert(rows).onConflict().ignore();
}

/** A room is nobody's, so nobody's preferences count there: the team routed the events to it. */
export async function planRoomDelivery(
  trx: Knex,
  notice: NoticeText,
  room: string,
  context: PlanContext,
): Promise<void> {
  if (!context.channels.includes('slack')) return;
  const plan: DeliveryPlan = { state: 'pending', dueMs: context.nowMs };
  await trx('deliveries')
    .insert({ ...deliveryOf(notice, context), channel: 'slack', room, ...columnsOf(plan, context.nowMs) })
    .onConflict()
    .ignore();
}

function deliveryOf({ event_type, title, body, link }: NoticeText, { eventId, subject, nowMs }: PlanContext) {
  const id = newId('delivery');
  return {
    id,
    batch_id: id,
    event_id: eventId,
    event_type,
    request_id: subject.request_id,
    grant_id: subject.grant_id,
    content: JSON.stringify({ title, body, link }),
    created_at: new Date(nowMs),
  };
}

function columnsOf(plan: DeliveryPlan, nowMs: number) {
  return plan.state === 'dropped'
    ? { state: plan.state, reason: plan.reason, next_attempt_at: null, finished_at: new Date(nowMs) }
    : { state: plan.state, reason: null, next_attempt_at: new Date(plan.dueMs), finished_at: null };
}
