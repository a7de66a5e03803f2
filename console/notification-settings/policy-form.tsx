import { Button, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import type {
  ChannelSetting,
  EventPolicy,
  NotificationPolicy,
  PolicyChannel,
  SlackRoutes,
} from '../api/notification-policy.ts';
import { ActionBar } from '../elements/action-bar.tsx';
import { DataTable, type Column } from '../elements/data-table.tsx';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import { SaveNotice } from '../elements/save-notice.tsx';
import {
  changeOfPolicy,
  changeOfRoutes,
  draftOfPolicy,
  SETTING_CHOICES,
  withSetting,
  type PolicyDraft,
} from './policy-draft.ts';
import { useSavePolicy } from './use-save-policy.ts';

interface PolicyFormProps {
  readonly policy: NotificationPolicy;
  readonly routes: SlackRoutes;
}

/** Every event with each channel, and the Slack channel it is posted to as well. */
export function PolicyForm({ policy, routes }: PolicyFormProps) {
  const [draft, setDraft] = useState(() => draftOfPolicy(policy, routes));
  const save = useSavePolicy();
  const change = changeOfPolicy(policy, draft);
  const routing = changeOfRoutes(routes, draft);
  const isChanged = change !== null || routing !== null;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ change, routing });
      }}
    >
      <Stack>
        <DataTable
          caption="Events, and where people are told of them"
          columns={policyColumns(draft, setDraft)}
          rows={policy.events}
          rowKey={({ event_type: type }) => type}
        />
        <p>
          A Slack channel is named by its id, such as C0123456789; Slack shows it in the details of the channel.
          Hallpass has to be a member of it.
        </p>
        <ProblemAlert error={save.error} />
        <SaveNotice shown={save.isSuccess && !isChanged}>Saved. It holds from now on.</SaveNotice>
        {isChanged && (
          <ActionBar label="Unsaved changes">
            <Button variant="default" ml="auto" onClick={() => setDraft(draftOfPolicy(policy, routes))}>
              Discard
            </Button>
            <Button type="submit" loading={save.isPending}>
              Save
            </Button>
          </ActionBar>
        )}
      </Stack>
    </form>
  );
}

function policyColumns(draft: PolicyDraft, onChange: (draft: PolicyDraft) => void): readonly Column<EventPolicy>[] {
  const settings = ([channel, word]: readonly [PolicyChannel, string]): Column<EventPolicy> => ({
    title: word,
    cell: ({ event_type: type, title }) => (
      <NativeSelect
        aria-label={`${title}: ${word}`}
        data={[...SETTING_CHOICES]}
        value={draft.settings[type]?.[channel] ?? 'on'}
        onChange={(event) => onChange(withSetting(draft, type, channel, event.currentTarget.value as ChannelSetting))}
      />
    ),
  });
  return [
    { title: 'Event', cell: ({ title }) => title },
    settings(['email', 'Email']),
    settings(['slack', 'Slack']),
    {
      title: 'Slack channel',
      cell: ({ event_type: type, title }) => (
        <TextInput
          aria-label={`${title}: Slack channel`}
          placeholder="None"
          autoComplete="off"
          spellCheck={false}
          maxLength={42}
          value={draft.routes[type] ?? ''}
          onChange={(event) => onChange({ ...draft, routes: { ...draft.routes, [type]: event.currentTarget.value } })}
        />
      ),
    },
  ];
}
