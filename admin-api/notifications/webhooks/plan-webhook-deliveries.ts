import { newId } from '../../../core/access/ids.ts';
import type { Knex } from '../../db/knex.ts';
import type { EventRow } from '../read-notices.ts';
import { webhookPayload } from './webhook-payload.ts';

/** One row per event and address that wants it. What is to be sent is fixed here, so every attempt says the same. */
export async function planWebhookDeliveries(
  trx: Knex,
  event: EventRow,
  publicUrl: string,
  nowMs: number,
): Promise<void> {
  // The address must still be there when its row is written; one that is being deleted is waited for, and then is not.
  const webhookIds: string[] = await trx('webhooks')
    .where({ enabled: true })
    .whereRaw(`(event_types = '[]' OR event_types @> to_jsonb(?::text))`, [event.type])
    .forKeyShare()
    .pluck('id');
  if (webhookIds.length === 0) return;
  const payload = await webhookPayload(trx, event, publicUrl);
  const rows = webhookIds.map((webhookId) => {
    const id = newId('delivery');
    return {
      id,
      batch_id: id,
      event_id: event.id,
      channel: 'webhook',
      webhook_id: webhookId,
      event_type: event.type,
      request_id: payload.data['request_id'],
      grant_id: payload.data['grant_id'],
      content: JSON.stringify(payload),
      state: 'pending',
      next_attempt_at: new Date(nowMs),
      created_at: new Date(nowMs),
    };
  });
  await trx('deliveries').insert(rows).onConflict().ignore();
}
