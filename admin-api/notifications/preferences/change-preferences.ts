import { AccessError } from '../../../core/access/errors.ts';
import { personOf } from '../../db/person-row.ts';
import type { AuditPerson, RunUnitOfWork, UnitOfWork } from '../../db/unit-of-work.ts';
import type { ChannelName } from '../notification-channel.ts';
import { CHANNEL_NAMES } from '../notification-channel.ts';
import { NOTIFICATION_EVENT_TYPES, type NotificationEventType } from '../notification-event-type.ts';
import { isOn, settingOf, type Preferences, type TeamPolicy } from './channel-policy.ts';
import { nextDigest } from './next-digest.ts';
import { readPreferencesOf, readTeamPolicy, writePreferences } from './preference-store.ts';

/** What a person wants changed; what is left out stays. */
export interface PreferencesChange {
  readonly events?:
    | readonly {
        readonly event_type: NotificationEventType;
        /** null: as the team has it. */
        readonly channels: Readonly<Partial<Record<ChannelName, boolean | null | undefined>>>;
      }[]
    | undefined;
  /** Milliseconds since the Unix epoch; null: not muted. */
  readonly mute_until?: number | null | undefined;
  readonly digest?:
    | Partial<{ [Key in keyof Preferences['digest']]: Preferences['digest'][Key] | undefined }>
    | undefined;
}

/**
 * @param note how it came about, where it was not in the preferences themselves; for the audit
 * @throws AccessError `invalid-value` for what the team has made mandatory
 */
export async function changePreferences(
  run: RunUnitOfWork,
  person: AuditPerson,
  change: PreferencesChange,
  note: string | null = null,
): Promise<void> {
  await run(async (unit) => {
    // One change after the other, so that each says what it changed.
    await unit.trx('people').where({ id: person.id }).forNoKeyUpdate().first('id');
    const stored = await readPreferencesOf(unit.trx, person.id);
    const before = { ...stored, choices: inOrder(stored.choices) };
    const policy = await readTeamPolicy(unit.trx);
    const after: Preferences = {
      choices: applyChoices(before, policy, change),
      mute_until: change.mute_until === undefined ? before.mute_until : change.mute_until,
      digest: { ...before.digest, ...withoutUndefined(change.digest ?? {}) },
    };
    if (JSON.stringify(before) === JSON.stringify(after)) return;
    await writePreferences(unit.trx, person.id, after);
    await rescheduleHeld(unit, person.id, before, after);
    unit.audit({
      type: 'notification-preferences.changed',
      actor: personOf(person),
      subject: personOf(person),
      summary: `${person.name} changed their notification preferences${note === null ? '' : ` ${note}`}.`,
      details: { before: readable(before), after: readable(after) },
    });
  });
}

function applyChoices(before: Preferences, policy: TeamPolicy, change: PreferencesChange): Preferences['choices'] {
  const choices: Partial<Record<NotificationEventType, Partial<Record<ChannelName, boolean>>>> = { ...before.choices };
  for (const [index, { event_type: event, channels }] of (change.events ?? []).entries()) {
    for (const channel of CHANNEL_NAMES) {
      const wanted = channels[channel];
      if (wanted === undefined) continue;
      const setting = settingOf(policy, event, channel);
      if (setting === 'mandatory' && wanted === false) {
        throw new AccessError('invalid-value', 'Your team has made this mandatory; it can not be turned off.', {
          field: `events.${index}.channels.${channel}`,
        });
      }
      choices[event] = choiceAfter(choices[event] ?? {}, channel, wanted, isOn(setting, undefined));
      if (Object.keys(choices[event] ?? {}).length === 0) delete choices[event];
    }
  }
  return inOrder(choices);
}

/** Sending back what was read is no choice: who never chose goes on following the team. */
function choiceAfter(
  own: Partial<Record<ChannelName, boolean>>,
  channel: ChannelName,
  wanted: boolean | null,
  standard: boolean,
): Partial<Record<ChannelName, boolean>> {
  const { [channel]: before, ...rest } = own;
  if (wanted === null || (before === undefined && wanted === standard)) return rest;
  return { ...rest, [channel]: wanted };
}

function inOrder(choices: Preferences['choices']): Preferences['choices'] {
  return Object.fromEntries(
    NOTIFICATION_EVENT_TYPES.filter((event) => choices[event] !== undefined).map((event) => [
      event,
      Object.fromEntries(Object.entries(choices[event] ?? {}).toSorted(([one], [other]) => (one < other ? -1 : 1))),
    ]),
  );
}

/** What waits for a digest waits for the new time of it. */
async function rescheduleHeld(
  unit: UnitOfWork,
  personId: string,
  before: Preferences,
  after: Preferences,
): Promise<void> {
  if (JSON.stringify(before.digest) === JSON.stringify(after.digest)) return;
  await unit
    .trx('deliveries')
    .where({ person_id: personId, state: 'held' })
    .update({ next_attempt_at: new Date(nextDigest(after.digest, unit.nowMs)) });
}

function readable({ choices, mute_until: muteUntil, digest }: Preferences) {
  return { choices, mute_until: muteUntil === null ? null : new Date(muteUntil).toISOString(), digest };
}

function withoutUndefined<Value extends object>(
  value: Value,
): { [Key in keyof Value]: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as never;
}
