import { AccessError } from '../../../core/access/errors.ts';
import { personOf } from '../../db/person-row.ts';
import type { AuditPerson, RunUnitOfWork, UnitOfWork } from '../../db/unit-of-work.ts';
import type { DeliveryRow } from './delivery-row.ts';

/**
 * Tries a dead delivery again, with all its attempts before it. One of a digest goes out alone.
 * @throws AccessError `not-found`, or `conflict` for one that is not dead or whose webhook is turned off
 */
export async function resendDelivery(run: RunUnitOfWork, actor: AuditPerson, id: string): Promise<void> {
  await run(async (unit) => {
    const row: DeliveryRow | undefined = await unit.trx('deliveries').where({ id }).forUpdate().first();
    if (row === undefined) throw new AccessError('not-found', 'There is no such delivery.');
    if (row.state !== 'dead') {
      throw new AccessError('conflict', `Only a dead delivery can be sent again; this one is ${row.state}.`, {
        facts: { state: row.state },
      });
    }
    if (row.webhook_id !== null) await assertEnabled(unit, row.webhook_id);
    await unit
      .trx('deliveries')
      .where({ id })
      .update({
        state: 'pending',
        reason: null,
        attempts: 0,
        batch_id: id,
        next_attempt_at: new Date(unit.nowMs),
        leased_until: null,
        finished_at: null,
      });
    const subject =
      row.person_id === null
        ? undefined
        : ((await unit.trx('people').where({ id: row.person_id }).first()) as AuditPerson | undefined);
    unit.audit({
      type: 'delivery.resent',
      actor: personOf(actor),
      subject: subject === undefined ? null : personOf(subject),
      request_id: row.request_id,
      grant_id: row.grant_id,
      summary: `${actor.name} had a dead ${row.channel} delivery sent again.`,
      details: { delivery_id: id, channel: row.channel, event_type: row.event_type, reason: row.reason },
    });
  });
}

/** What is sent to a webhook that is turned off would be left out without a word. */
async function assertEnabled(unit: UnitOfWork, webhookId: string): Promise<void> {
  const webhook: { enabled: boolean; disabled_reason: string | null } | undefined = await unit
    .trx('webhooks')
    .where({ id: webhookId })
    .first('enabled', 'disabled_reason');
  if (webhook?.enabled !== false) return;
  const why = webhook.disabled_reason === null ? '' : ` ${webhook.disabled_reason}`;
  throw new AccessError('conflict', `The webhook is turned off.${why} Turn it on first.`, {
    facts: { webhook_id: webhookId },
  });
}
