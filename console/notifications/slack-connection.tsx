import { Button, Code, CopyButton, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import {
  slackLinkQuery,
  startSlackLink,
  unlinkSlack,
  type SlackLink,
  type SlackLinkCode,
} from '../api/notification-preferences.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useRepeatable } from '../api/use-repeatable.ts';
import { ConfirmDialog } from '../elements/confirm-dialog.tsx';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import { TimeStamp } from '../elements/time-stamp.tsx';
import { useNow } from '../time/use-now.ts';
import { ChannelRow } from './channel-row.tsx';
import classes from './channel-section.module.css';

/** One's own Slack account: bound by a code that is sent from it, never by an address alone. */
export function SlackConnection({ icon }: { readonly icon: ReactNode }) {
  const start = useMutation({ mutationFn: startSlackLink });
  const nowMs = useNow(1_000);
  const code = start.data !== undefined && Date.parse(start.data.expires_at) > nowMs ? start.data : null;
  const link = useQuery({ ...slackLinkQuery(), refetchInterval: code === null ? false : 2_000 });
  const linked = link.data?.linked ?? null;
  return (
    <ChannelRow icon={icon} name="Slack" connected={linked !== null}>
      <ProblemAlert error={link.error} />
      {link.data?.configured === false && 'This Hallpass has no Slack app; whoever runs it can set one up.'}
      {linked !== null && <Linked linked={linked} />}
      {link.data?.configured === true && linked === null && (
        <Stack gap="xs" align="flex-start">
          {code === null ? (
            <>
              <span>Messages come from the Hallpass app, to you alone.</span>
              <Button variant="default" size="sm" loading={start.isPending} onClick={() => start.mutate()}>
                Connect Slack
              </Button>
            </>
          ) : (
            <LinkCode code={code} />
          )}
          <ProblemAlert error={start.error} />
        </Stack>
      )}
    </ChannelRow>
  );
}

function LinkCode({ code }: { readonly code: SlackLinkCode }) {
  return (
    <div aria-live="polite">
      Send this in Slack, in any channel; only the app sees it:
      <div className={classes.code}>
        <Code fz="md">{code.command}</Code>
        <CopyButton value={code.command}>
          {({ copied, copy }) => (
            <Button variant="default" size="compact-sm" onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </div>
      It works once, until <TimeStamp time={code.expires_at} precision="second" />. This page notices by itself.
    </div>
  );
}

function Linked({ linked }: { readonly linked: NonNullable<SlackLink['linked']> }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const once = useRepeatable((_: string, key) => unlinkSlack(key));
  const unlink = useMutation({
    mutationFn: () => once(linked.slack_user_id),
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.notificationPreferences }),
    onSuccess: () => setAsking(false),
  });
  return (
    <>
      To the Slack member <Code>{linked.slack_user_id}</Code>, since <TimeStamp time={linked.linked_at} />.
      <div className={classes.actions}>
        <Button variant="default" size="sm" onClick={() => setAsking(true)}>
          Disconnect Slack
        </Button>
      </div>
      <ConfirmDialog
        opened={asking}
        title="Disconnect Slack?"
        confirmLabel="Disconnect"
        keepLabel="Keep it"
        pending={unlink.isPending}
        error={unlink.error}
        onConfirm={() => unlink.mutate()}
        onClose={() => setAsking(false)}
      >
        No more messages come there, and you can’t decide requests from Slack any more. You can connect it again.
      </ConfirmDialog>
    </>
  );
}
