import type { Clock } from '../../../core/process/clock.ts';
import type { Knex } from '../../db/knex.ts';
import { DeliveryRefused, RetryLater, type NotificationChannel } from '../notification-channel.ts';
import type { MessageNotice, Recipient } from '../notification-channel.ts';
import type { NotificationEventType } from '../notification-event-type.ts';
import { planDelivery, type DropReason, type Preferences } from '../preferences/channel-policy.ts';
import { readPreferencesOf, readTeamPolicy } from '../preferences/preference-store.ts';
import type { DeliveryRow, NoticeContent } from './delivery-row.ts';
import type { AttemptResult } from './finish-deliveries.ts';
import type { LeasedBatch } from './lease-deliveries.ts';
import { readPresentFacts, type AwaitedReviewers } from './present-facts.ts';
import type { DeliverySender } from './send-deliveries.ts';
import { stillMatters } from './still-matters.ts';

interface TellContext {
  readonly knex: Knex;
  readonly clock: Clock;
  readonly awaitedReviewers: AwaitedReviewers;
}

interface Reader {
  readonly recipient: Recipient;
  readonly preferences: Preferences;
}

/**
 * Sends to people, and to the rooms of a team, over one channel. Everything is looked at once more before it leaves:
 * what it tells, whether the person still wants it, and who they are now.
 * @param channel null: not connected any more; what waited for it is dropped
 */
export function tellPeople(
  context: TellContext,
  name: NotificationChannel['name'],
  channel: NotificationChannel | null,
): DeliverySender {
  return {
    channel: name,
    async attempt(batch) {
      if (channel === null) return dropAll(batch, 'not-connected');
      const reader = await readReader(context.knex, batch.lead.person_id);
      if (reader === 'disabled') return dropAll(batch, 'person-disabled');
      const person = reader?.recipient ?? null;
      const dropped = await leaveOut(context, batch, reader);
      const rest = batch.deliveries.filter((delivery) => !dropped.has(delivery.id));
      if (rest.length === 0) return { dropped, message: null };
      const address = person === null ? batch.lead.room : await channel.addressOf(person);
      if (address === null) return dropAll(batch, 'no-address');
      try {
        const { external_ref: externalRef } = await channel.send({
          delivery_id: batch.lead.id,
          person,
          address,
          notices: rest.map(toNotice),
          is_digest: rest.length > 1,
        });
        return { dropped, message: { outcome: 'sent', externalRef }, address };
      } catch (error) {
        if (error instanceof DeliveryRefused) {
          return { dropped, message: { outcome: 'dead', error: error.message }, address };
        }
        const afterMs = error instanceof RetryLater ? error.afterMs : undefined;
        const text = error instanceof Error ? error.message : String(error);
        return { dropped, message: { outcome: 'retry', error: text, afterMs }, address };
      }
    },
  };
}

/** @returns null for a room, which belongs to nobody */
async function readReader(knex: Knex, personId: string | null): Promise<Reader | 'disabled' | null> {
  if (personId === null) return null;
  const row: { id: string; name: string; email: string; disabled_at: Date | null } | undefined = await knex('people')
    .where({ id: personId })
    .first('id', 'name', 'email', 'disabled_at');
  if (row === undefined || row.disabled_at !== null) return 'disabled';
  const preferences = await readPreferencesOf(knex, personId);
  const { id, name, email } = row;
  return { recipient: { id, name, email, time_zone: preferences.digest.time_zone }, preferences };
}

async function leaveOut({ knex, clock, awaitedReviewers }: TellContext, batch: LeasedBatch, reader: Reader | null) {
  const dropped = new Map<string, DropReason>();
  const nowMs = clock();
  const { channel } = batch.lead;
  const facts = await readPresentFacts(knex, batch.deliveries, nowMs, awaitedReviewers);
  const policy = reader === null ? {} : await readTeamPolicy(knex);
  for (const delivery of batch.deliveries) {
    const present = facts.get(delivery.id);
    if (present !== undefined && !stillMatters(present)) dropped.set(delivery.id, 'no-longer-matters');
    else if (reader !== null && channel !== 'webhook' && channel !== 'callback') {
      const event = delivery.event_type as NotificationEventType;
      const plan = planDelivery(policy, reader.preferences, event, channel, nowMs);
      if (plan.state === 'dropped') dropped.set(delivery.id, plan.reason);
    }
  }
  return dropped;
}

function dropAll(batch: LeasedBatch, reason: DropReason): AttemptResult {
  return { dropped: new Map(batch.deliveries.map((delivery) => [delivery.id, reason])), message: null };
}

function toNotice(row: DeliveryRow): MessageNotice {
  const { title, body, link } = row.content as NoticeContent;
  return {
    event_type: row.event_type as NotificationEventType,
    title,
    body,
    link,
    request_id: row.request_id,
    grant_id: row.grant_id,
    created_at: row.created_at.toISOString(),
  };
}
