import { callbackUse } from './access-clients/client-store.ts';
import { awaitedReviewers } from './access-requests/awaited-reviewers.ts';
import type { AdminParts } from './create-parts.ts';
import { createSlack } from './create-slack.ts';
import { createSecretBox, type SecretBox } from './db/secret-box.ts';
import type { AwaitedReviewers } from './notifications/deliveries/present-facts.ts';
import type { Rooms } from './notifications/deliveries/plan-deliveries.ts';
import type { DeliverySender } from './notifications/deliveries/send-deliveries.ts';
import { tellPeople } from './notifications/deliveries/tell-people.ts';
import { openSmtpChannel, type SmtpChannel } from './notifications/email/smtp-channel.ts';
import { turnOffMail } from './notifications/email/turn-off-mail.ts';
import type { UnsubscribePorts } from './notifications/email/unsubscribe-routes.ts';
import { readUnsubscribe } from './notifications/email/unsubscribe-token.ts';
import {
  CHANNEL_NAMES,
  type ConnectedChannels,
  type NotificationChannel,
} from './notifications/notification-channel.ts';
import { NOTIFICATION_EVENT_TYPES, type NotificationEventType } from './notifications/notification-event-type.ts';
import { settingOf } from './notifications/preferences/channel-policy.ts';
import { readTeamPolicy } from './notifications/preferences/preference-store.ts';
import { callBack } from './notifications/callbacks/call-back.ts';
import { callWebhooks } from './notifications/webhooks/call-webhooks.ts';
import { createWebhookCaller } from './notifications/webhooks/post-webhook.ts';
import type { WebhookStore } from './notifications/webhooks/webhook-store.ts';
import { readSlackRoutes } from './slack/slack-routes.ts';

const UNSUBSCRIBE_PURPOSE = 'unsubscribe links';

/** Everything by which something leaves the house. Nothing connects before there is something to send. */
export interface Outbound {
  readonly connectedChannels: ConnectedChannels;
  readonly awaitedReviewers: AwaitedReviewers;
  readonly rooms: Rooms;
  readonly webhooks: WebhookStore;
  /** null: no mail is sent, so there are no links in it. */
  readonly unsubscribe: UnsubscribePorts | null;
  /** One per channel; what waits for a channel that is not connected is dropped by its own. */
  readonly senders: () => { readonly list: readonly DeliverySender[]; close(): Promise<void> };
}

export function createOutbound(parts: AdminParts): Outbound {
  const { config, knex, run, clock } = parts;
  const box = config.secretKey === null ? null : createSecretBox(config.secretKey);
  const email = openEmail(parts, box);
  const slack = createSlack(parts)?.channel ?? null;
  const channels = [email, slack].filter((channel) => channel !== null);
  const awaited: AwaitedReviewers = (trx, requestId) => awaitedReviewers(parts.accessRequests, trx, requestId);
  return {
    connectedChannels: async () => channels,
    awaitedReviewers: awaited,
    rooms: async (trx) =>
      new Map(
        (await readSlackRoutes(trx)).map((route) => [route.event_type as NotificationEventType, route.channel_id]),
      ),
    webhooks: { run, box, secretOverlapMs: config.webhooks.secretOverlapMs },
    unsubscribe:
      box === null || email === null
        ? null
        : {
            read: (token) => readUnsubscribe(box.deriveKey(UNSUBSCRIBE_PURPOSE), token),
            turnOff: (request) => turnOffMail(knex, run, request),
          },
    senders() {
      const caller = createWebhookCaller({
        allowPrivate: config.webhooks.allowPrivate,
        timeoutMs: config.deliveries.timeoutMs,
      });
      const people = CHANNEL_NAMES.map((name) => {
        const channel: NotificationChannel | undefined = channels.find((one) => one.name === name);
        return tellPeople({ knex, clock, awaitedReviewers: awaited }, name, channel ?? null);
      });
      return {
        list: [
          ...people,
          callWebhooks({ knex, run, clock, box, caller }),
          callBack({ knex, clock, box, caller, callbackUse }),
        ],
        async close() {
          email?.close();
          await caller.close();
        },
      };
    },
  };
}

function openEmail({ config, knex }: AdminParts, box: SecretBox | null): SmtpChannel | null {
  if (config.mail === null || box === null) return null;
  return openSmtpChannel({
    mail: config.mail,
    publicUrl: config.publicUrl,
    unsubscribeKey: box.deriveKey(UNSUBSCRIBE_PURPOSE),
    timeoutMs: config.deliveries.timeoutMs,
    connections: config.deliveries.concurrency,
    async mandatoryEvents() {
      const policy = await readTeamPolicy(knex);
      return new Set(NOTIFICATION_EVENT_TYPES.filter((event) => settingOf(policy, event, 'email') === 'mandatory'));
    },
  });
}
