import type { Knex } from '../../db/knex.ts';
import type { ChannelName } from '../notification-channel.ts';
import type { NotificationEventType } from '../notification-event-type.ts';
import { DEFAULT_PREFERENCES, type ChannelSetting, type Preferences, type TeamPolicy } from './channel-policy.ts';
import type { DigestMode } from './next-digest.ts';

interface PreferenceRow {
  person_id: string;
  choices: Preferences['choices'];
  mute_until: Date | null;
  digest_mode: DigestMode;
  digest_hour: number;
  time_zone: string;
}

export async function readTeamPolicy(knex: Knex): Promise<TeamPolicy> {
  const rows: { event_type: NotificationEventType; channel: ChannelName; setting: ChannelSetting }[] =
    await knex('notification_policies');
  const policy: Partial<Record<NotificationEventType, Partial<Record<ChannelName, ChannelSetting>>>> = {};
  for (const { event_type, channel, setting } of rows)
    policy[event_type] = { ...policy[event_type], [channel]: setting };
  return policy;
}

/** Of each of these people; who never set anything has the defaults. */
export async function readPreferences(knex: Knex, personIds: readonly string[]): Promise<Map<string, Preferences>> {
  const rows: PreferenceRow[] = await knex('notification_preferences').whereIn('person_id', [...personIds]);
  const found = new Map(rows.map((row) => [row.person_id, toPreferences(row)]));
  return new Map(personIds.map((id) => [id, found.get(id) ?? DEFAULT_PREFERENCES]));
}

export async function readPreferencesOf(knex: Knex, personId: string): Promise<Preferences> {
  const found = await readPreferences(knex, [personId]);
  return found.get(personId) ?? DEFAULT_PREFERENCES;
}

export async function writePreferences(knex: Knex, personId: string, preferences: Preferences): Promise<void> {
  await knex('notification_preferences')
    .insert({
      person_id: personId,
      choices: JSON.stringify(preferences.choices),
      mute_until: preferences.mute_until === null ? null : new Date(preferences.mute_until),
      digest_mode: preferences.digest.mode,
      digest_hour: preferences.digest.at_hour,
      time_zone: preferences.digest.time_zone,
    })
    .onConflict('person_id')
    .merge();
}

function toPreferences(row: PreferenceRow): Preferences {
  return {
    choices: row.choices,
    mute_until: row.mute_until?.getTime() ?? null,
    digest: { mode: row.digest_mode, at_hour: row.digest_hour, time_zone: row.time_zone },
  };
}
