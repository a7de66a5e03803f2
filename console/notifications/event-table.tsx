import { Checkbox } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import type { EventPreference, NotificationPreferences } from '../api/notification-preferences.ts';
import { DataTable, type Column } from '../elements/data-table.tsx';
import classes from './event-table.module.css';
import { channelWord, lockWords, type ChosenChannel, type PreferencesDraft } from './preferences-draft.ts';

interface EventTableProps {
  readonly preferences: NotificationPreferences;
  readonly draft: PreferencesDraft;
  readonly onChange: (choices: PreferencesDraft['choices']) => void;
}

/** Each event with each channel; where the team has decided, that is said instead of a choice. */
export function EventTable({ preferences, draft, onChange }: EventTableProps) {
  const cell = (channel: ChosenChannel) => (event: EventPreference) => (
    <Choice
      event={event}
      channel={channel}
      on={draft.choices[event.event_type]?.[channel] ?? event.channels[channel].on}
      onChange={(on) => {
        const before = draft.choices[event.event_type] ?? { email: false, slack: false };
        onChange({ ...draft.choices, [event.event_type]: { ...before, [channel]: on } });
      }}
    />
  );
  const columns: readonly Column<EventPreference>[] = [
    { title: 'Event', cell: ({ title }) => title },
    { title: channelWord('in-app'), cell: () => 'Always' },
    { title: channelWord('email'), cell: cell('email') },
    { title: channelWord('slack'), cell: cell('slack') },
  ];
  return (
    <DataTable
      caption="Events and channels"
      columns={columns}
      rows={preferences.events}
      rowKey={({ event_type: type }) => type}
    />
  );
}

interface ChoiceProps {
  readonly event: EventPreference;
  readonly channel: ChosenChannel;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}

function Choice({ event, channel, on, onChange }: ChoiceProps) {
  const locked = lockWords(event.channels[channel]);
  if (locked !== null) {
    return (
      <span className={classes.locked}>
        <IconLock size={16} stroke={1.8} aria-hidden="true" />
        {locked}
      </span>
    );
  }
  return (
    <Checkbox
      aria-label={`${event.title}: ${channelWord(channel)}`}
      checked={on}
      onChange={(change) => onChange(change.currentTarget.checked)}
    />
  );
}
