import { Alert, Loader, Paper, Stack, Text } from '@mantine/core';
import { useLocation } from 'react-router';
import type { AccessRequest } from '../api/access-request.ts';
import { Countdown } from '../elements/countdown.tsx';
import { RequestStatusBadge } from '../elements/request-status-badge.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { RequestMarks } from '../review/request-marks.tsx';
import { StageList } from '../review/stage-list.tsx';
import { TimesOut } from '../review/times-out.tsx';
import { BreakGlassState } from './break-glass-state.tsx';
import { extensionPath } from './extension-path.ts';
import { GoBack } from './go-back.tsx';
import { progressWords } from './progress-words.ts';
import { RequestActions } from './request-actions.tsx';
import classes from './request-progress.module.css';
import { useWasWaiting } from './use-was-waiting.ts';

interface RequestProgressProps {
  readonly request: AccessRequest;
  readonly mine: boolean;
  readonly connectionLost: boolean;
}

/** How it stands, who is awaited, and the way back once access is open. */
export function RequestProgress({ request, mine, connectionLost }: RequestProgressProps) {
  const wasWaiting = useWasWaiting(request);
  const words = progressWords(request, mine);
  const { grant } = request;
  const open = request.status === 'approved' && request.in_effect && grant?.state === 'active';
  return (
    <Paper className={classes.progress} data-look={words.look}>
      <Stack gap="md">
        <div className={classes.head}>
          <div className={classes.badges}>
            <RequestStatusBadge status={request.status} />
            <RequestMarks request={request} mine={false} />
          </div>
          {words.look === 'waiting' && <Loader size="sm" type="dots" aria-hidden="true" />}
        </div>
        <JoinedNotice />
        <div aria-live="polite">
          <Text size="lg" fw={600}>
            {words.headline}
          </Text>
          {words.sentences.map((sentence) => (
            <Text key={sentence}>{sentence}</Text>
          ))}
          {request.status === 'pending' && <TimesOut at={request.pending_until} />}
        </div>
        {request.status === 'pending' && <StageList request={request} />}
        {grant !== null && grant.state === 'active' && (
          <div className={classes.time}>
            <Countdown grant={grant} />
            {mine && grant.can_extend && <TextLink to={extensionPath(grant.id)}>Ask for more time</TextLink>}
          </div>
        )}
        <BreakGlassState request={request} mine={mine} />
        {connectionLost && (
          <Alert color="amber" role="alert">
            The server can’t be reached at the moment. This page keeps trying.
          </Alert>
        )}
        {mine && open && <GoBack returnTo={request.return_to} automatic={wasWaiting} />}
        {mine && <RequestActions request={request} />}
      </Stack>
    </Paper>
  );
}

/** Whoever asks twice finds themselves at the first request. */
function JoinedNotice() {
  const { state } = useLocation();
  if ((state as { joined?: boolean } | null)?.joined !== true) return null;
  return (
    <Alert color="pine" title="You had asked for this already">
      Nothing was sent a second time; this is the request that waits.
    </Alert>
  );
}
