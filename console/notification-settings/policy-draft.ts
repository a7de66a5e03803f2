import type {
  ChannelSetting,
  NotificationPolicy,
  PolicyChange,
  PolicyChannel,
  SlackRoutes,
} from '../api/notification-policy.ts';

export interface PolicyDraft {
  readonly settings: Readonly<Record<string, Readonly<Record<PolicyChannel, ChannelSetting>>>>;
  /** By event: the id of a Slack channel; empty: none. */
  readonly routes: Readonly<Record<string, string>>;
}

export const SETTING_CHOICES: readonly { readonly value: ChannelSetting; readonly label: string }[] = [
  { value: 'mandatory', label: 'Mandatory' },
  { value: 'on', label: 'On by default' },
  { value: 'off', label: 'Off by default' },
];

export function draftOfPolicy({ events }: NotificationPolicy, { routes }: SlackRoutes): PolicyDraft {
  const channelOf = (type: string) => routes.find((route) => route.event_type === type)?.channel_id ?? '';
  return {
    settings: Object.fromEntries(
      events.map(({ event_type: type, channels }) => [type, { email: channels.email, slack: channels.slack }]),
    ),
    routes: Object.fromEntries(events.map(({ event_type: type }) => [type, channelOf(type)])),
  };
}

/** What differs from what the server said; null where nothing does. */
export function changeOfPolicy({ events }: NotificationPolicy, draft: PolicyDraft): PolicyChange | null {
  const changed = events.flatMap(({ event_type: type, channels }) => {
    const wanted = draft.settings[type];
    if (wanted === undefined) return [];
    const differing = (['email', 'slack'] as const).filter((name) => wanted[name] !== channels[name]);
    if (differing.length === 0) return [];
    return [{ event_type: type, channels: Object.fromEntries(differing.map((name) => [name, wanted[name]])) }];
  });
  return changed.length === 0 ? null : { events: changed };
}

/** All routes as they are to be; null where they are so already. */
export function changeOfRoutes(now: SlackRoutes, draft: PolicyDraft): SlackRoutes | null {
  const routes = Object.entries(draft.routes)
    .map(([type, channel]) => ({ event_type: type, channel_id: channel.trim() }))
    .filter(({ channel_id: channel }) => channel !== '');
  return textOf(routes) === textOf(now.routes) ? null : { routes };
}

function textOf(list: SlackRoutes['routes']): string {
  return list
    .map(({ event_type: type, channel_id: channel }) => `${type} ${channel}`)
    .toSorted()
    .join();
}

/** The draft with one setting changed. */
export function withSetting(
  draft: PolicyDraft,
  type: string,
  channel: PolicyChannel,
  setting: ChannelSetting,
): PolicyDraft {
  const before = draft.settings[type] ?? { email: 'on', slack: 'on' };
  return { ...draft, settings: { ...draft.settings, [type]: { ...before, [channel]: setting } } };
}
