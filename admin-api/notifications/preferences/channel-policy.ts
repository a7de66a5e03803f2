import type { ChannelName } from '../notification-channel.ts';
import type { NotificationEventType } from '../notification-event-type.ts';
import { nextDigest, type Digest } from './next-digest.ts';

/** What the team says of an event on a channel: can't be turned off, or on or off until the person says otherwise. */
export const CHANNEL_SETTINGS = ['mandatory', 'on', 'off'] as const;
export type ChannelSetting = (typeof CHANNEL_SETTINGS)[number];

export type TeamPolicy = Readonly<Partial<Record<NotificationEventType, Partial<Record<ChannelName, ChannelSetting>>>>>;

export interface Preferences {
  /** What the person chose; what is not in here follows the team. */
  readonly choices: Readonly<Partial<Record<NotificationEventType, Partial<Record<ChannelName, boolean>>>>>;
  /** Milliseconds since the Unix epoch. */
  readonly mute_until: number | null;
  readonly digest: Digest;
}

export const DEFAULT_PREFERENCES: Preferences = {
  choices: {},
  mute_until: null,
  digest: { mode: 'at-once', at_hour: 9, time_zone: 'UTC' },
};

/** Access that was opened past its reviewers is nothing to be left unread; the rest is for people to choose. */
const MANDATORY: ReadonlySet<NotificationEventType> = new Set(['break-glass']);

/** A warning that comes with tomorrow's digest comes after the end. */
const NEVER_HELD: ReadonlySet<NotificationEventType> = new Set(['access-expiring']);

export function settingOf(policy: TeamPolicy, event: NotificationEventType, channel: ChannelName): ChannelSetting {
  return policy[event]?.[channel] ?? (MANDATORY.has(event) ? 'mandatory' : 'on');
}

export function isOn(setting: ChannelSetting, choice: boolean | undefined): boolean {
  return setting === 'mandatory' || (choice ?? setting === 'on');
}

export type DropReason =
  | 'turned-off'
  | 'muted'
  | 'no-longer-matters'
  | 'no-address'
  | 'person-disabled'
  | 'not-connected'
  | 'webhook-disabled';

export type DeliveryPlan =
  | { readonly state: 'pending' | 'held'; /** Milliseconds since the Unix epoch. */ readonly dueMs: number }
  | { readonly state: 'dropped'; readonly reason: DropReason };

/** Whether and when a person is told of an event on a channel, by the team's word first and then by their own. */
export function planDelivery(
  policy: TeamPolicy,
  preferences: Preferences,
  event: NotificationEventType,
  channel: ChannelName,
  nowMs: number,
): DeliveryPlan {
  const setting = settingOf(policy, event, channel);
  if (setting === 'mandatory') return { state: 'pending', dueMs: nowMs };
  if (!isOn(setting, preferences.choices[event]?.[channel])) return { state: 'dropped', reason: 'turned-off' };
  if (preferences.mute_until !== null && preferences.mute_until > nowMs) return { state: 'dropped', reason: 'muted' };
  const isHeld = preferences.digest.mode !== 'at-once' && !NEVER_HELD.has(event);
  return isHeld ? { state: 'held', dueMs: nextDigest(preferences.digest, nowMs) } : { state: 'pending', dueMs: nowMs };
}
