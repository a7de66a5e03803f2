import type { Clock } from '../../../core/process/clock.ts';
import type { Knex } from '../../db/knex.ts';
import type { SecretBox } from '../../db/secret-box.ts';
import type { RunUnitOfWork } from '../../db/unit-of-work.ts';
import type { AttemptResult } from '../deliveries/finish-deliveries.ts';
import type { LeasedBatch } from '../deliveries/lease-deliveries.ts';
import type { DeliverySender } from '../deliveries/send-deliveries.ts';
import type { WebhookCaller } from './post-webhook.ts';
import { signWebhook } from './sign-webhook.ts';
import type { WebhookPayload } from './webhook-payload.ts';
import type { WebhookRow } from './webhook-row.ts';

const GONE = 410;

interface CallContext {
  readonly knex: Knex;
  readonly run: RunUnitOfWork;
  readonly clock: Clock;
  /** null: without HALLPASS_SECRET_KEY no secret can be read. */
  readonly box: SecretBox | null;
  readonly caller: WebhookCaller;
}

/** What a webhook's secrets are sealed for. */
export function secretUse(webhookId: string): string {
  return `webhook ${webhookId}`;
}

/** Sends events to other programs. Any 2xx is a yes; 410 says that nobody wants them any more. */
export function callWebhooks(context: CallContext): DeliverySender {
  return {
    channel: 'webhook',
    async attempt(batch) {
      const webhook: WebhookRow | undefined = await context
        .knex('webhooks')
        .where({ id: batch.lead.webhook_id })
        .first();
      const isTest = batch.lead.event_id === null;
      // One that is turned off can still be tried out.
      if (webhook === undefined || !(webhook.enabled || isTest)) {
        return { dropped: new Map([[batch.lead.id, 'webhook-disabled']]), message: null };
      }
      const payload = batch.lead.content as WebhookPayload;
      const body = JSON.stringify(payload);
      const nowMs = context.clock();
      const headers = signWebhook(secretsOf(context.box, webhook, nowMs), payload.id, nowMs, body);
      const answer = await context.caller.post(webhook.url, headers, body);
      const { status, excerpt } = answer;
      const seen = { dropped: new Map(), address: webhook.url, response: { status, excerpt } };
      if (status >= 200 && status < 300) return { ...seen, message: { outcome: 'sent', externalRef: null } };
      const error = `answered ${status}`;
      if (status === GONE) {
        await turnOff(context.run, webhook, batch);
        return { ...seen, message: { outcome: 'dead', error } };
      }
      const afterMs = answer.retryAfterMs;
      return { ...seen, message: { outcome: 'retry', error, afterMs } } satisfies AttemptResult;
    },
  };
}

function secretsOf(box: SecretBox | null, webhook: WebhookRow, nowMs: number): string[] {
  if (box === null) throw new Error('HALLPASS_SECRET_KEY: must be set to sign what webhooks are sent.');
  const use = secretUse(webhook.id);
  const isOverlapping =
    webhook.previous_secret !== null && webhook.previous_until !== null && webhook.previous_until.getTime() > nowMs;
  return [webhook.secret, ...(isOverlapping ? [webhook.previous_secret as string] : [])].map((sealed) =>
    box.open(sealed, use),
  );
}

async function turnOff(run: RunUnitOfWork, webhook: WebhookRow, batch: LeasedBatch): Promise<void> {
  await run(async (unit) => {
    const changed = await unit
      .trx('webhooks')
      .where({ id: webhook.id, enabled: true })
      .update({ enabled: false, disabled_reason: 'It answered 410 Gone.' });
    if (changed === 0) return;
    unit.audit({
      type: 'webhook.changed',
      actor: null,
      subject: null,
      summary: `The webhook ${webhook.id} was turned off: it answered 410 Gone.`,
      details: { webhook_id: webhook.id, delivery_id: batch.lead.id },
    });
  });
}
