import { personOf } from '../../db/person-row.ts';
import type { AuditPerson, RunUnitOfWork } from '../../db/unit-of-work.ts';
import { CHANNEL_NAMES, type ChannelName } from '../notification-channel.ts';
import type { NotificationEventType } from '../notification-event-type.ts';
import { settingOf, type ChannelSetting } from './channel-policy.ts';
import { readTeamPolicy } from './preference-store.ts';

export interface TeamPolicyChange {
  readonly event_type: NotificationEventType;
  readonly channels: Readonly<Partial<Record<ChannelName, ChannelSetting | undefined>>>;
}

/** Sets what the team says of events and channels; what is left out, or is so already, leaves no trace. */
export async function changeTeamPolicy(
  run: RunUnitOfWork,
  actor: AuditPerson,
  changes: readonly TeamPolicyChange[],
): Promise<void> {
  await run(async (unit) => {
    await unit.trx.raw('LOCK TABLE notification_policies IN SHARE ROW EXCLUSIVE MODE');
    const policy = await readTeamPolicy(unit.trx);
    const changed = changes.flatMap(({ event_type, channels }) =>
      CHANNEL_NAMES.flatMap((channel) => {
        const to = channels[channel];
        const from = settingOf(policy, event_type, channel);
        return to === undefined || to === from ? [] : [{ event_type, channel, from, to }];
      }),
    );
    if (changed.length === 0) return;
    // The last word about the same event counts, as it would one after the other.
    const rows = new Map(
      changed.map(({ event_type, channel, to }) => [`${event_type} ${channel}`, { event_type, channel, setting: to }]),
    );
    await unit
      .trx('notification_policies')
      .insert([...rows.values()])
      .onConflict(['event_type', 'channel'])
      .merge();
    unit.audit({
      type: 'notification-policy.changed',
      actor: personOf(actor),
      subject: null,
      summary: `${actor.name} changed what the team is told, and where.`,
      details: { changes: changed },
    });
  });
}
