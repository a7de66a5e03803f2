import type { Clock } from '../../../core/process/clock.ts';
import type { Knex } from '../../db/knex.ts';
import { DeliveryRefused, RetryLater, type NotificationChannel } from '../notification-channel.ts';
import type { MessageNotice, Recipient } from '../notification-channel.ts';
import type { NotificationEventType } from '../notification-event-type.ts';
import { planDelivery, type DropReason } from '../preferences/channel-policy.ts';
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
      const person = await readRecipient(context.knex, batch.lead.person_id);
      if (person === 'disabled') return dropAll(batch, 'person-disabled');
      const dropped = await leaveOut(context, batch);
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
async function readRecipient(knex: Knex, personId: string | null): Promise<Recipient | 'disabled' | null> {
  if (personId === null) return null;
  const row: { id: string; name: string; email: string; disabled_at: Date | null } | undefined = await knex('people')
    .where({ id: personId })
    .first('id', 'name', 'email', 'disabled_at');
  if (row === undefined || row.disabled_at !== null) return 'disabled';
  const { digest } = await readPreferencesOf(knex, personId);
  return { id: row.id, name: row.name, email: row.email, time_zone: digest.time_zone };
}

async function leaveOut({ knex, clock, awaitedReviewers }: TellContext, batch: LeasedBatch) {
  const dropped = new Map<string, DropReason>();
  const nowMs = clock();
  const { person_id: personId, channel } = batch.lead;
  const facts = await readPresentFacts(knex, batch.deliveries, nowMs, awaitedReviewers);
  const preferences = personId === null ? null : await readPreferencesOf(knex, personId);
  const policy = preferences === null ? {} : await readTeamPolicy(knex);
  for (const delivery of batch.deliveries) {
    const present = facts.get(delivery.id);
    if (present !== undefined && !stillMatters(present)) dropped.set(delivery.id, 'no-longer-matters');
    else if (preferences !== null && channel !== 'webhook') {
      const plan = planDelivery(policy, preferences, delivery.event_type as NotificationEventType, channel, nowMs);
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
