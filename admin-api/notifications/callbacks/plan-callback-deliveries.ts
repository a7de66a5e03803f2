import { newId } from '../../../core/access/ids.ts';
import type { Knex } from '../../db/knex.ts';
import type { EventRow } from '../read-notices.ts';

/** What became of a task that a program wants to be told of, as the access requests know it. */
export type TaskCalls = (
  trx: Knex,
  requestId: string,
) => Promise<readonly { readonly taskId: string; readonly body: Readonly<Record<string, unknown>> }[]>;

/** One call for each task that is over, whichever of its requests was decided last. */
export async function planCallbackDeliveries(
  trx: Knex,
  event: EventRow,
  taskCalls: TaskCalls,
  nowMs: number,
): Promise<void> {
  const { request_id: requestId } = event.payload;
  if (requestId === undefined) return;
  const rows = (await taskCalls(trx, requestId)).map(({ taskId, body }) => {
    const id = newId('delivery');
    return {
      id,
      batch_id: id,
      event_id: event.id,
      channel: 'callback',
      task_id: taskId,
      event_type: event.type,
      request_id: requestId,
      content: JSON.stringify(body),
      state: 'pending',
      next_attempt_at: new Date(nowMs),
      created_at: new Date(nowMs),
    };
  });
  if (rows.length > 0) await trx('deliveries').insert(rows).onConflict().ignore();
}
