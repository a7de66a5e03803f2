import { describe, expect, it } from '@jest/globals';
import type { ChannelChoice, NotificationPreferences } from '../../../console/api/notification-preferences.ts';
import { draftOf, lockWords, readPreferences } from '../../../console/notifications/preferences-draft.ts';
import { localMomentText } from '../../../console/time/local-moment.ts';

const NOW = Date.parse('2026-03-01T22:00:00Z');
const choice = (on: boolean, locked = false): ChannelChoice => ({ on, locked });
const event = (event_type: string, email: ChannelChoice, slack: ChannelChoice) => ({
  event_type,
  title: event_type,
  channels: { 'in-app': choice(true, true), email, slack },
});
const preferences: NotificationPreferences = {
  channels: [],
  events: [
    event('request-approved', choice(true), choice(false)),
    event('break-glass', choice(true, true), choice(true, true)),
  ],
  mute_until: null,
  digest: { mode: 'daily', at_hour: 9, time_zone: 'Europe/Berlin' },
};

describe('notification preferences', () => {
  it('are sent back as they were read, without what the team has locked', () => {
    expect(readPreferences(draftOf(preferences), preferences, NOW)).toEqual({
      ok: true,
      body: {
        events: [
          { event_type: 'request-approved', channels: { email: true, slack: false } },
          { event_type: 'break-glass', channels: {} },
        ],
        mute_until: null,
        digest: preferences.digest,
      },
    });
  });

  it('say until when one wants to be left alone, and only then', () => {
    const until = new Date(NOW + 3_600_000).toISOString();
    const draft = draftOf({ ...preferences, mute_until: until });
    expect(readPreferences(draft, preferences, NOW)).toMatchObject({ ok: true, body: { mute_until: until } });
    expect(readPreferences({ ...draft, muted: false }, preferences, NOW)).toMatchObject({ body: { mute_until: null } });
    expect(readPreferences({ ...draft, muteUntil: '' }, preferences, NOW).ok).toBe(false);
    expect(readPreferences({ ...draft, muteUntil: localMomentText(NOW) }, preferences, NOW)).toEqual({
      ok: false,
      muteUntil: 'Choose a time that is to come.',
    });
  });

  it('explain a lock by what it does', () => {
    expect(lockWords(choice(true))).toBeNull();
    expect(lockWords(choice(true, true))).toMatch(/^Always/);
    expect(lockWords(choice(false, true))).toMatch(/^Never/);
  });
});
