import { Badge, Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { queryKeys } from '../api/query-keys.ts';
import { endSession, type Session } from '../api/session.ts';
import { useRepeatable } from '../api/use-repeatable.ts';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import { RelativeTimeStamp, TimeStamp } from '../elements/time-stamp.tsx';
import { useSignOut } from '../sign-in/use-sign-out.ts';
import classes from './rows.module.css';

/** One browser: which it seems to be, from where and since when, and the way to sign it out. */
export function SessionRow({ session }: { readonly session: Session }) {
  const client = useQueryClient();
  const send = useRepeatable((id: string, key) => endSession(id, key));
  const end = useMutation({
    mutationFn: () => send(session.id),
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.sessions }),
  });
  const signOut = useSignOut();
  const leave = session.current ? signOut : end;
  const name = session.user_agent ?? 'A browser that does not say which';
  return (
    <li className={classes.row}>
      <div className={classes.words}>
        <div className={classes.name}>
          {name}
          {session.current && <Badge color="pine">This one</Badge>}
        </div>
        <div className={classes.details}>
          Signed in <TimeStamp time={session.created_at} />
          {session.ip !== null && ` from ${session.ip}`}, last used <RelativeTimeStamp time={session.last_seen_at} />
        </div>
        <ProblemAlert error={leave.error} />
      </div>
      <Button
        variant="default"
        size="compact-sm"
        aria-label={session.current ? 'Sign out here' : `Sign out ${name}`}
        loading={leave.isPending}
        onClick={() => leave.mutate()}
      >
        Sign out
      </Button>
    </li>
  );
}
