import { newId } from '../../core/access/ids.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { Knex } from '../db/knex.ts';
import {
  DeliveryRefused,
  RetryLater,
  type MessageNotice,
  type NotificationChannel,
  type OutgoingMessage,
  type Recipient,
} from '../notifications/notification-channel.ts';
import { makeButtonNonces } from './button-nonce.ts';
import { digestMessage, noticeMessage } from './notice-message.ts';
import { readRequestFacts, type SlackRequestFacts } from './read-request-facts.ts';
import { hasVerdictButtons, requestMessage, shownTo } from './request-message.ts';
import { SlackFailure, type SlackClient, type SlackContent } from './slack-client.ts';
import { findLinkOfPerson } from './slack-link.ts';
import type { SlackMessageRow } from './slack-message-row.ts';

export interface SlackChannelParts {
  readonly knex: Knex;
  readonly clock: Clock;
  readonly client: SlackClient;
  /** Of the console; links are made from it. */
  readonly publicUrl: string;
  /** A sentence with its times (RFC 3339, UTC) as they are read in a zone, which is an IANA name. */
  readonly showTimes: (text: string, timeZone: string) => string;
}

/** Events whose message asks its reader to decide, and follows the request from then on. */
const ASKING = new Set<string>(['request-submitted', 'request-reminder']);

/** Tells people in a direct message each, and channels that the team routes events to. */
export class SlackChannel implements NotificationChannel {
  readonly name = 'slack';
  readonly #parts: SlackChannelParts;

  constructor(parts: SlackChannelParts) {
    this.#parts = parts;
  }

  /** @returns the id of the person in Slack, when they have linked it */
  async addressOf(person: Pick<Recipient, 'id'>): Promise<string | null> {
    return (await findLinkOfPerson(this.#parts.knex, person.id))?.slack_user_id ?? null;
  }

  /**
   * One message for each notice, or one for a whole digest. Each is noted down as it is posted, so that another try
   * goes on where this one stopped; a crash between Slack's answer and the note posts one message a second time.
   */
  async send(message: OutgoingMessage): Promise<{ readonly external_ref: string | null }> {
    try {
      let ref: string | null = null;
      const parts = message.is_digest ? [null] : message.notices;
      for (const [part, notice] of parts.entries()) ref = await this.#sendPart(message, part, notice);
      return { external_ref: ref };
    } catch (error) {
      if (!(error instanceof SlackFailure)) throw error;
      if (error.isFinal) throw new DeliveryRefused(error.message);
      throw new RetryLater(error.message, error.retryAfterMs ?? undefined);
    }
  }

  async #sendPart(message: OutgoingMessage, part: number, notice: MessageNotice | null): Promise<string> {
    const { knex, client, clock } = this.#parts;
    const personId = message.person?.id ?? null;
    const facts = notice === null ? null : await this.#factsOf(notice, personId);
    const row = await this.#claim(message.delivery_id, part, facts?.id ?? null, personId);
    if (row.state === 'posted') return refOf(row.channel, row.ts);
    const channel = personId === null ? message.address : await client.openDirectMessage(message.address);
    const content =
      facts !== null ? await this.#askingMessage(row.id, facts, personId) : this.#newsMessage(message, notice);
    const ts = await client.post(channel, content);
    await knex('slack_messages')
      .where({ id: row.id })
      .update({
        channel,
        ts,
        state: 'posted',
        shown: facts === null ? 'pending' : shownTo(facts, personId),
        next_try_at: new Date(clock()),
      });
    return refOf(channel, ts);
  }

  /** Only of a request that its reader may decide; to the requester it is news like any other. */
  async #factsOf(notice: MessageNotice, personId: string | null): Promise<SlackRequestFacts | null> {
    if (notice.request_id === null || !ASKING.has(notice.event_type)) return null;
    const facts = await readRequestFacts(this.#parts.knex, notice.request_id, this.#parts.clock());
    return facts?.requester_id === personId ? null : facts;
  }

  #newsMessage({ person, notices }: OutgoingMessage, notice: MessageNotice | null): SlackContent {
    const { publicUrl, showTimes } = this.#parts;
    const timed = (one: MessageNotice) => ({ ...one, body: showTimes(one.body, person?.time_zone ?? 'UTC') });
    return notice === null ? digestMessage(notices.map(timed), publicUrl) : noticeMessage(timed(notice), publicUrl);
  }

  async #askingMessage(messageId: string, facts: SlackRequestFacts, personId: string | null): Promise<SlackContent> {
    const nonces = hasVerdictButtons(facts, personId)
      ? await makeButtonNonces(this.#parts.knex, messageId, facts.pending_until)
      : null;
    return requestMessage(facts, shownTo(facts, personId), nonces, this.#parts.publicUrl);
  }

  async #claim(
    deliveryId: string,
    part: number,
    requestId: string | null,
    personId: string | null,
  ): Promise<SlackMessageRow> {
    const now = new Date(this.#parts.clock());
    const [row] = (await this.#parts
      .knex('slack_messages')
      .insert({
        id: newId('slackMessage'),
        delivery_id: deliveryId,
        part,
        request_id: requestId,
        person_id: personId,
        next_try_at: now,
        created_at: now,
      })
      .onConflict(['delivery_id', 'part'])
      // Changes nothing; without an update there would be no row to return.
      .merge(['delivery_id'])
      .returning('*')) as [SlackMessageRow];
    return row;
  }
}

function refOf(channel: string | null, ts: string | null): string {
  return `${channel}/${ts}`;
}
