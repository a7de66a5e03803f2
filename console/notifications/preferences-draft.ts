import type {
  ChannelChoice,
  ChannelName,
  Digest,
  NotificationPreferences,
  PreferencesBody,
} from '../api/notification-preferences.ts';
import { localMomentText, readLocalMoment } from '../time/local-moment.ts';

/** In-app is always on, so there is nothing to choose. */
export const CHOSEN_CHANNELS = ['email', 'slack'] as const;
export type ChosenChannel = (typeof CHOSEN_CHANNELS)[number];

export interface PreferencesDraft {
  /** By event type. */
  readonly choices: Readonly<Record<string, Readonly<Record<ChosenChannel, boolean>>>>;
  readonly muted: boolean;
  /** As a `datetime-local` field holds it. */
  readonly muteUntil: string;
  readonly digest: Digest;
}

export function draftOf(preferences: NotificationPreferences): PreferencesDraft {
  const { mute_until: until } = preferences;
  return {
    choices: Object.fromEntries(
      preferences.events.map(({ event_type: type, channels }) => [
        type,
        { email: channels.email.on, slack: channels.slack.on },
      ]),
    ),
    muted: until !== null,
    muteUntil: until === null ? '' : localMomentText(Date.parse(until)),
    digest: preferences.digest,
  };
}

export type ReadPreferences =
  | { readonly ok: true; readonly body: PreferencesBody }
  | { readonly ok: false; readonly muteUntil: string };

/** What is sent: what the team has locked is not the person's to say. */
export function readPreferences(
  draft: PreferencesDraft,
  preferences: NotificationPreferences,
  nowMs: number,
): ReadPreferences {
  const muteMs = readLocalMoment(draft.muteUntil);
  if (draft.muted && muteMs === null) return { ok: false, muteUntil: 'Say until when, with date and time.' };
  if (draft.muted && muteMs !== null && muteMs <= nowMs)
    return { ok: false, muteUntil: 'Choose a time that is to come.' };
  return {
    ok: true,
    body: {
      events: preferences.events.map(({ event_type: type, channels }) => ({
        event_type: type,
        channels: Object.fromEntries(
          CHOSEN_CHANNELS.filter((channel) => !channels[channel].locked).map((channel) => [
            channel,
            draft.choices[type]?.[channel] ?? channels[channel].on,
          ]),
        ),
      })),
      mute_until: draft.muted && muteMs !== null ? new Date(muteMs).toISOString() : null,
      digest: draft.digest,
    },
  };
}

/** Why a choice can't be made here, or null. */
export function lockWords({ on, locked }: ChannelChoice): string | null {
  if (!locked) return null;
  return on ? 'Always sent: your team has decided so.' : 'Never sent: your team has decided so.';
}

const CHANNEL_WORDS: Record<ChannelName, string> = { 'in-app': 'In the console', email: 'Email', slack: 'Slack' };

export function channelWord(channel: ChannelName): string {
  return CHANNEL_WORDS[channel];
}
