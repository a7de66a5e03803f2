import { z } from 'zod';
import type { Clock } from '../../../core/process/clock.ts';
import type { Knex } from '../../db/knex.ts';
import type { RunUnitOfWork } from '../../db/unit-of-work.ts';
import type { CurrentPerson } from '../../http/current-person.ts';
import { operation, type Operation } from '../../http/operation.ts';
import { CHANNEL_NAMES, type ConnectedChannels } from '../notification-channel.ts';
import {
  NOTIFICATION_EVENT_TYPES,
  NOTIFICATION_EVENTS,
  type NotificationEventType,
} from '../notification-event-type.ts';
import { changePreferences } from './change-preferences.ts';
import { changeTeamPolicy } from './change-team-policy.ts';
import { CHANNEL_SETTINGS, isOn, settingOf, type Preferences, type TeamPolicy } from './channel-policy.ts';
import { DIGEST_MODES, isTimeZone } from './next-digest.ts';
import { readPreferencesOf, readTeamPolicy } from './preference-store.ts';

const eventType = z.enum(NOTIFICATION_EVENT_TYPES as [NotificationEventType, ...NotificationEventType[]]);
const channelView = z.object({
  channel: z.enum(['in-app', ...CHANNEL_NAMES]),
  configured: z.boolean().describe('the operator has set it up'),
  connected: z.boolean().describe('set up, and this person can be reached there'),
  address: z.string().nullable(),
});
const choiceView = z.object({
  on: z.boolean(),
  locked: z.boolean().describe('the team has made it mandatory'),
  default: z.boolean().describe('what the team has it at'),
});
const digestSchema = z.object({
  mode: z.enum(DIGEST_MODES),
  at_hour: z.int().min(0).max(23).describe('by the clock on the wall; counts for daily'),
  time_zone: z.string().max(64).refine(isTimeZone, 'must be a time zone like Europe/Berlin'),
});
const preferencesView = z.object({
  channels: z.array(channelView),
  events: z.array(
    z.object({
      event_type: eventType,
      title: z.string(),
      channels: z.object({ 'in-app': choiceView, email: choiceView, slack: choiceView }),
    }),
  ),
  mute_until: z.iso.datetime().nullable(),
  digest: digestSchema,
});
const alwaysOn = z.literal(true, 'can not be turned off').optional();
const choice = z.boolean().nullable().optional().describe('null: as the team has it');
const preferencesBody = z.strictObject({
  events: z
    .array(
      z.strictObject({
        event_type: eventType,
        channels: z.strictObject({ 'in-app': alwaysOn, email: choice, slack: choice }),
      }),
    )
    .max(50)
    .optional(),
  mute_until: z.iso.datetime().nullable().optional(),
  digest: z.strictObject(digestSchema.partial().shape).optional(),
});

const setting = z.enum(CHANNEL_SETTINGS);
const policyView = z.object({
  events: z.array(
    z.object({
      event_type: eventType,
      title: z.string(),
      channels: z.object({ 'in-app': z.literal('mandatory'), email: setting, slack: setting }),
    }),
  ),
});
const policyBody = z.strictObject({
  events: z
    .array(
      z.strictObject({
        event_type: eventType,
        channels: z.strictObject({
          'in-app': z.literal('mandatory', 'can not be turned off').optional(),
          email: setting.optional(),
          slack: setting.optional(),
        }),
      }),
    )
    .max(50),
});

export interface PreferencePorts {
  readonly knex: Knex;
  readonly run: RunUnitOfWork;
  readonly clock: Clock;
  readonly connectedChannels: ConnectedChannels;
}

/** One's own preferences, and the team's policy they live in. */
export function preferenceOperations(ports: PreferencePorts): Operation[] {
  const { knex, run } = ports;
  return [
    operation({
      method: 'get',
      path: '/v1/notification-preferences',
      tag: 'notifications',
      summary: 'Read which channels tell oneself of what',
      responses: { 200: { description: 'Preferences', schema: preferencesView } },
      run: async ({ caller }) => ({ status: 200, body: await viewPreferences(ports, caller) }),
    }),
    operation({
      method: 'put',
      path: '/v1/notification-preferences',
      tag: 'notifications',
      summary: 'Change them; what is left out stays',
      body: preferencesBody,
      responses: { 200: { description: 'Preferences', schema: preferencesView } },
      async run({ body, caller }) {
        const muteUntil = body.mute_until;
        await changePreferences(run, caller, {
          events: body.events,
          mute_until: typeof muteUntil === 'string' ? Date.parse(muteUntil) : muteUntil,
          digest: body.digest,
        });
        return { status: 200, body: await viewPreferences(ports, caller) };
      },
    }),
    operation({
      method: 'get',
      path: '/v1/notification-policy',
      tag: 'notifications',
      summary: 'Read what the team is told, and where',
      minimumRole: 'admin',
      responses: { 200: { description: 'Policy', schema: policyView } },
      run: async () => ({ status: 200, body: viewPolicy(await readTeamPolicy(knex)) }),
    }),
    operation({
      method: 'put',
      path: '/v1/notification-policy',
      tag: 'notifications',
      summary: 'Change it; what is left out stays',
      minimumRole: 'admin',
      body: policyBody,
      responses: { 200: { description: 'Policy', schema: policyView } },
      async run({ body, caller }) {
        await changeTeamPolicy(run, caller, body.events);
        return { status: 200, body: viewPolicy(await readTeamPolicy(knex)) };
      },
    }),
  ];
}

async function viewPreferences(
  { knex, clock, connectedChannels }: PreferencePorts,
  caller: CurrentPerson,
): Promise<z.output<typeof preferencesView>> {
  const [policy, own, connected] = [
    await readTeamPolicy(knex),
    await readPreferencesOf(knex, caller.id),
    await connectedChannels(),
  ];
  const recipient = { id: caller.id, name: caller.name, email: caller.email, time_zone: own.digest.time_zone };
  const channels = await Promise.all(
    CHANNEL_NAMES.map(async (name) => {
      const channel = connected.find((one) => one.name === name);
      const address = channel === undefined ? null : await channel.addressOf(recipient);
      return { channel: name, configured: channel !== undefined, connected: address !== null, address };
    }),
  );
  const muteUntil = own.mute_until === null || own.mute_until <= clock() ? null : own.mute_until;
  return {
    channels: [{ channel: 'in-app', configured: true, connected: true, address: null }, ...channels],
    events: NOTIFICATION_EVENT_TYPES.map((event) => ({
      event_type: event,
      title: NOTIFICATION_EVENTS[event],
      channels: {
        'in-app': { on: true, locked: true, default: true },
        email: viewChoice(policy, own, event, 'email'),
        slack: viewChoice(policy, own, event, 'slack'),
      },
    })),
    mute_until: muteUntil === null ? null : new Date(muteUntil).toISOString(),
    digest: own.digest,
  };
}

function viewChoice(policy: TeamPolicy, own: Preferences, event: NotificationEventType, channel: 'email' | 'slack') {
  const now = settingOf(policy, event, channel);
  return {
    on: isOn(now, own.choices[event]?.[channel]),
    locked: now === 'mandatory',
    default: isOn(now, undefined),
  };
}

function viewPolicy(policy: TeamPolicy): z.output<typeof policyView> {
  return {
    events: NOTIFICATION_EVENT_TYPES.map((event) => ({
      event_type: event,
      title: NOTIFICATION_EVENTS[event],
      channels: {
        'in-app': 'mandatory',
        email: settingOf(policy, event, 'email'),
        slack: settingOf(policy, event, 'slack'),
      },
    })),
  };
}
