import { queryOptions } from '@tanstack/react-query';
import { deleteJson, getJson, postJson, putJson } from './api-client.ts';
import { queryKeys } from './query-keys.ts';

export type ChannelName = 'in-app' | 'email' | 'slack';

export interface Channel {
  readonly channel: ChannelName;
  /** Whether the operator has set it up. */
  readonly configured: boolean;
  /** Set up, and this person can be reached there. */
  readonly connected: boolean;
  /** Where it goes, e.g. the email address. */
  readonly address: string | null;
}

export interface ChannelChoice {
  readonly on: boolean;
  /** The team has decided; it can't be changed here. */
  readonly locked: boolean;
}

export interface EventPreference {
  readonly event_type: string;
  readonly title: string;
  readonly channels: Readonly<Record<ChannelName, ChannelChoice>>;
}

export type DigestMode = 'at-once' | 'hourly' | 'daily';

export interface Digest {
  readonly mode: DigestMode;
  /** 0 to 23, by the wall clock of the zone; counts for `daily`. */
  readonly at_hour: number;
  /** IANA name. */
  readonly time_zone: string;
}

export interface NotificationPreferences {
  readonly channels: readonly Channel[];
  readonly events: readonly EventPreference[];
  readonly mute_until: string | null;
  readonly digest: Digest;
}

/** What a person may set; locked choices are left out. */
export interface PreferencesBody {
  readonly events: readonly {
    readonly event_type: string;
    readonly channels: Readonly<Partial<Record<'email' | 'slack', boolean>>>;
  }[];
  readonly mute_until: string | null;
  readonly digest: Digest;
}

export function notificationPreferencesQuery() {
  return queryOptions({
    queryKey: queryKeys.notificationPreferences,
    queryFn: ({ signal }) => getJson<NotificationPreferences>('/v1/notification-preferences', { signal }),
  });
}

export function putNotificationPreferences(
  body: PreferencesBody,
  idempotencyKey: string,
): Promise<NotificationPreferences> {
  return putJson('/v1/notification-preferences', body, idempotencyKey);
}

export interface SlackLink {
  /** Whether this Hallpass has a Slack app at all. */
  readonly configured: boolean;
  readonly linked: { readonly team_id: string; readonly slack_user_id: string; readonly linked_at: string } | null;
  readonly code_expires_at: string | null;
}

export interface SlackLinkCode {
  readonly code: string;
  /** The whole line to send in Slack. */
  readonly command: string;
  readonly expires_at: string;
}

export function slackLinkQuery() {
  return queryOptions({
    queryKey: queryKeys.slackLink,
    queryFn: ({ signal }) => getJson<SlackLink>('/v1/slack/link', { signal }),
  });
}

export function startSlackLink(): Promise<SlackLinkCode> {
  return postJson('/v1/slack/link', {});
}

export function unlinkSlack(idempotencyKey: string): Promise<null> {
  return deleteJson('/v1/slack/link', idempotencyKey);
}
