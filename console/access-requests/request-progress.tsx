import { Alert, Button, Loader, Paper, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { cancelAccessRequest, type AccessRequest } from '../api/access-request.ts';
import { queryKeys } from '../api/query-keys.ts';
import { ConfirmDialog } from '../elements/confirm-dialog.tsx';
import { Countdown } from '../elements/countdown.tsx';
import { RequestStatusBadge } from '../elements/request-status-badge.tsx';
import { GoBack } from './go-back.tsx';
import { progressWords } from './progress-words.ts';
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
  const open = request.status === 'approved' && request.in_effect && request.grant?.state === 'active';
  return (
    <Paper className={classes.progress} data-look={words.look}>
      <Stack gap="sm">
        <div className={classes.head}>
          <RequestStatusBadge status={request.status} />
          {words.look === 'waiting' && <Loader size="sm" type="dots" aria-hidden="true" />}
        </div>
        <div aria-live="polite">
          <Text size="lg" fw={600}>
            {words.headline}
          </Text>
          {words.sentences.map((sentence) => (
            <Text key={sentence}>{sentence}</Text>
          ))}
        </div>
        {request.grant !== null && request.grant.state === 'active' && <Countdown grant={request.grant} />}
        {connectionLost && (
          <Alert color="amber" role="alert">
            The server can’t be reached at the moment. This page keeps trying.
          </Alert>
        )}
        {mine && open && <GoBack returnTo={request.return_to} automatic={wasWaiting} />}
        {request.can_cancel && <CancelRequest request={request} />}
      </Stack>
    </Paper>
  );
}

function CancelRequest({ request }: { readonly request: AccessRequest }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const cancel = useMutation({
    mutationFn: () => cancelAccessRequest(request.id),
    onSettled: () => client.invalidateQueries({ queryKey: ['access-requests'] }),
    onSuccess: (answer) => {
      client.setQueryData(queryKeys.accessRequest(request.id), answer.request);
      setAsking(false);
    },
  });
  return (
    <div>
      <Button variant="default" onClick={() => setAsking(true)}>
        Cancel request
      </Button>
      <ConfirmDialog
        opened={asking}
        title="Cancel this request?"
        confirmLabel="Cancel the request"
        keepLabel="Keep waiting"
        pending={cancel.isPending}
        error={cancel.error}
        onConfirm={() => cancel.mutate()}
        onClose={() => setAsking(false)}
      >
        Nobody will decide it any more. You can ask again at any time.
      </ConfirmDialog>
    </div>
  );
}
