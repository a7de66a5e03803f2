import { newId } from '../../core/access/ids.ts';
import type { Knex } from '../db/knex.ts';
import type { DomainEvent } from '../db/unit-of-work.ts';

export async function writeOutboxEvents(
  trx: Knex.Transaction,
  events: readonly DomainEvent[],
  nowMs: number,
): Promise<void> {
  await trx('outbox_events').insert(
    events.map(({ type, ...payload }) => ({
      id: newId('event'),
      type,
      payload: JSON.stringify(payload),
      created_at: new Date(nowMs),
    })),
  );
}
