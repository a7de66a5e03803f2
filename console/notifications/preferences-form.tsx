import { Button, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiProblem, messagesByField } from '../api/api-problem.ts';
import { putNotificationPreferences, type NotificationPreferences } from '../api/notification-preferences.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useRepeatable } from '../api/use-repeatable.ts';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import { SaveNotice } from '../elements/save-notice.tsx';
import { Section } from '../elements/section.tsx';
import { ChannelSection } from './channel-section.tsx';
import { DigestFields } from './digest-fields.tsx';
import { EventTable } from './event-table.tsx';
import { MuteField } from './mute-field.tsx';
import { draftOf, readPreferences, type PreferencesDraft } from './preferences-draft.ts';

const OWN_FIELDS = ['mute_until', 'digest'];

/** Channels, events, and when; one button saves all of it. */
export function PreferencesForm({ preferences }: { readonly preferences: NotificationPreferences }) {
  const client = useQueryClient();
  // Only what somebody changed is kept here, so that the rest shows what the server says.
  const [changed, setChanged] = useState<PreferencesDraft | null>(null);
  const [muteError, setMuteError] = useState<string | null>(null);
  const put = useRepeatable(putNotificationPreferences);
  const save = useMutation({
    mutationFn: put,
    onSuccess: (saved) => {
      client.setQueryData(queryKeys.notificationPreferences, saved);
      setChanged(null);
    },
  });
  const draft = changed ?? draftOf(preferences);
  const change = (part: Partial<PreferencesDraft>) => {
    save.reset();
    setMuteError(null);
    setChanged({ ...draft, ...part });
  };
  const refused = save.error instanceof ApiProblem ? messagesByField(save.error, OWN_FIELDS) : {};
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const read = readPreferences(draft, preferences, Date.now());
        if (read.ok) save.mutate(read.body);
        else setMuteError(read.muteUntil);
      }}
    >
      <Stack gap="xl">
        <ChannelSection channels={preferences.channels} />
        <Section title="What you are told of">
          <EventTable preferences={preferences} draft={draft} onChange={(choices) => change({ choices })} />
        </Section>
        <Section title="When">
          <DigestFields value={draft.digest} onChange={(digest) => change({ digest })} error={refused['digest']} />
          <MuteField draft={draft} onChange={change} error={muteError ?? refused['mute_until']} />
        </Section>
        <div>
          <ProblemAlert error={save.error} ownFields={OWN_FIELDS} />
          <SaveNotice shown={save.isSuccess && changed === null}>Saved</SaveNotice>
          <Button type="submit" size="md" loading={save.isPending} disabled={changed === null}>
            Save preferences
          </Button>
        </div>
      </Stack>
    </form>
  );
}
