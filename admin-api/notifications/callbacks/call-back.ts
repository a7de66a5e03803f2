import type { Clock } from '../../../core/process/clock.ts';
import type { Knex } from '../../db/knex.ts';
import type { SecretBox } from '../../db/secret-box.ts';
import type { DeliverySender } from '../deliveries/send-deliveries.ts';
import type { WebhookCaller } from '../webhooks/post-webhook.ts';
import { signWebhook } from '../webhooks/sign-webhook.ts';

const GONE = 410;

interface CallBackContext {
  readonly knex: Knex;
  readonly clock: Clock;
  /** null: without HALLPASS_SECRET_KEY no secret can be read. */
  readonly box: SecretBox | null;
  readonly caller: WebhookCaller;
  /** What a client's secret is sealed for. */
  readonly callbackUse: (clientId: string) => string;
}

interface Callee {
  readonly client_id: string;
  readonly endpoint: string;
  readonly callback_urls: readonly string[];
  readonly callback_secret: string | null;
}

/**
 * Tells programs that a task of theirs is over. Signed like webhooks, with the program's own secret; to an address it is
 * still registered with, and nowhere a redirect points to.
 */
export function callBack({ knex, clock, box, caller, callbackUse }: CallBackContext): DeliverySender {
  return {
    channel: 'callback',
    async attempt({ lead }) {
      const callee: Callee | undefined = await knex('access_tasks AS task')
        .join('access_clients AS client', 'client.id', 'task.client_id')
        .where({ 'task.id': lead.task_id })
        .first(
          'client.id AS client_id',
          knex.raw(`task.callback ->> 'endpoint' AS endpoint`),
          'client.callback_urls',
          'client.callback_secret',
        );
      const secret = callee?.callback_secret ?? null;
      if (callee === undefined || secret === null || !callee.callback_urls.includes(callee.endpoint)) {
        return { dropped: new Map([[lead.id, 'no-address']]), message: null };
      }
      if (box === null) throw new Error('HALLPASS_SECRET_KEY: must be set to sign what programs are told.');
      const body = JSON.stringify(lead.content);
      const headers = signWebhook([box.open(secret, callbackUse(callee.client_id))], lead.id, clock(), body);
      const { status, excerpt, retryAfterMs: afterMs } = await caller.post(callee.endpoint, headers, body);
      const seen = { dropped: new Map(), address: callee.endpoint, response: { status, excerpt } };
      if (status >= 200 && status < 300) return { ...seen, message: { outcome: 'sent', externalRef: null } };
      const error = `answered ${status}`;
      return { ...seen, message: status === GONE ? { outcome: 'dead', error } : { outcome: 'retry', error, afterMs } };
    },
  };
}
