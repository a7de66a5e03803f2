import type { Knex } from '../db/knex.ts';
import { personOf } from '../db/person-row.ts';
import type { RunUnitOfWork } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';

/** Events of this type are posted to this channel of Slack too. */
export interface SlackRoute {
  readonly event_type: string;
  readonly channel_id: string;
}

export async function readSlackRoutes(knex: Knex): Promise<SlackRoute[]> {
  return knex('slack_routes').orderBy('event_type').select('event_type', 'channel_id');
}

/** Replaces all routes; the same ones again leave no trace. */
export async function putSlackRoutes(
  run: RunUnitOfWork,
  caller: CurrentPerson,
  routes: readonly SlackRoute[],
): Promise<void> {
  await run(async (unit) => {
    // Readers go on; a second writer waits, so that the audit says what each of them changed.
    await unit.trx.raw('LOCK TABLE slack_routes IN SHARE ROW EXCLUSIVE MODE');
    const before = await readSlackRoutes(unit.trx);
    const after = routes.toSorted((one, other) => (one.event_type < other.event_type ? -1 : 1));
    const isSame =
      JSON.stringify(before) ===
      JSON.stringify(after.map(({ event_type, channel_id }) => ({ event_type, channel_id })));
    if (isSame) return;
    await unit.trx('slack_routes').delete();
    if (after.length > 0) await unit.trx('slack_routes').insert(after);
    unit.audit({
      type: 'slack.routes-changed',
      actor: personOf(caller),
      subject: null,
      summary: `${caller.name} changed which events go to which Slack channel.`,
      details: { before, after },
    });
  });
}
