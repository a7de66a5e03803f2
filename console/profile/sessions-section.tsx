import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { queryKeys } from '../api/query-keys.ts';
import { endOtherSessions, sessionsQuery } from '../api/session.ts';
import { useRepeatable } from '../api/use-repeatable.ts';
import { ConfirmDialog } from '../elements/confirm-dialog.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { SaveNotice } from '../elements/save-notice.tsx';
import { Section } from '../elements/section.tsx';
import classes from './rows.module.css';
import { SessionRow } from './session-row.tsx';

/** Every browser that is signed in as this person, each to be signed out. */
export function SessionsSection() {
  const client = useQueryClient();
  const sessions = useQuery(sessionsQuery());
  const [asking, setAsking] = useState(false);
  const send = useRepeatable((_: null, key) => endOtherSessions(key));
  const endOthers = useMutation({
    mutationFn: () => send(null),
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.sessions }),
    onSuccess: () => setAsking(false),
  });
  const others = (sessions.data ?? []).filter((session) => !session.current);
  return (
    <Section
      title="Where you are signed in"
      aside={
        others.length > 0 && (
          <Button variant="default" size="compact-sm" onClick={() => setAsking(true)}>
            Sign out everywhere else
          </Button>
        )
      }
    >
      <div>
        <SaveNotice shown={endOthers.isSuccess}>You are signed out everywhere else.</SaveNotice>
        {sessions.isPending && <LoadingState what="your sessions" />}
        {sessions.isError && sessions.data === undefined && (
          <ProblemState error={sessions.error} onRetry={() => void sessions.refetch()} />
        )}
        {sessions.data !== undefined && (
          <ul className={classes.rows}>
            {sessions.data.map((session) => (
              <SessionRow key={session.id} session={session} />
            ))}
          </ul>
        )}
      </div>
      <ConfirmDialog
        opened={asking}
        title="Sign out everywhere else?"
        confirmLabel="Sign out"
        keepLabel="Keep them"
        pending={endOthers.isPending}
        error={endOthers.error}
        onConfirm={() => endOthers.mutate()}
        onClose={() => setAsking(false)}
      >
        Every other browser has to sign in again. This one stays signed in; tokens of scripts are not touched.
      </ConfirmDialog>
    </Section>
  );
}
