import { queryOptions } from '@tanstack/react-query';
import { getJson, putJson } from './api-client.ts';
import { queryKeys } from './query-keys.ts';

/** Can't be turned off by people; on or off until they say otherwise. */
export type ChannelSetting = 'mandatory' | 'on' | 'off';

/** In-app is always on. */
export type PolicyChannel = 'email' | 'slack';

export interface EventPolicy {
  readonly event_type: string;
  readonly title: string;
  readonly channels: Readonly<Record<PolicyChannel, ChannelSetting>>;
}

export interface NotificationPolicy {
  readonly events: readonly EventPolicy[];
}

export interface PolicyChange {
  readonly events: readonly {
    readonly event_type: string;
    readonly channels: Readonly<Partial<Record<PolicyChannel, ChannelSetting>>>;
  }[];
}

export function notificationPolicyQuery() {
  return queryOptions({
    queryKey: queryKeys.notificationPolicy,
    queryFn: ({ signal }) => getJson<NotificationPolicy>('/v1/notification-policy', { signal }),
  });
}

/** What is left out stays. */
export function putNotificationPolicy(change: PolicyChange, idempotencyKey: string): Promise<NotificationPolicy> {
  return putJson('/v1/notification-policy', change, idempotencyKey);
}

export interface SlackRoutes {
  readonly routes: readonly { readonly event_type: string; readonly channel_id: string }[];
}

/** Which events are posted to which Slack channel as well. */
export function slackRoutesQuery() {
  return queryOptions({
    queryKey: queryKeys.slackRoutes,
    queryFn: ({ signal }) => getJson<SlackRoutes>('/v1/slack/routes', { signal }),
  });
}

/** All of them at once. */
export function putSlackRoutes(routes: SlackRoutes, idempotencyKey: string): Promise<SlackRoutes> {
  return putJson('/v1/slack/routes', routes, idempotencyKey);
}
