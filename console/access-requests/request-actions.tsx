import { Button, Group, Stack, Text } from '@mantine/core';
import { IconBellRinging } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { cancelAccessRequest, remindReviewers, type AccessRequest } from '../api/access-request.ts';
import { ButtonLink } from '../elements/button-link.tsx';
import { ConfirmDialog } from '../elements/confirm-dialog.tsx';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import { RelativeTimeStamp } from '../elements/time-stamp.tsx';
import { useNow } from '../time/use-now.ts';
import { newRequestPath } from './asked-entitlement.ts';
import { askedOf } from './asked-things.ts';

/** What its requester can do about a request. */
export function RequestActions({ request }: { readonly request: AccessRequest }) {
  const client = useQueryClient();
  const nowMs = useNow(1_000);
  const remind = useMutation({
    mutationFn: () => remindReviewers(request.id),
    onSettled: () => client.invalidateQueries({ queryKey: ['access-requests'] }),
  });
  const { can_remind_at: from, reminded_at: last } = request;
  if (request.status !== 'pending') return <AskAgain request={request} />;
  const early = from !== null && nowMs < Date.parse(from);
  return (
    <Stack gap="xs">
      <Group gap="sm">
        {from !== null && (
          <Button
            variant="default"
            leftSection={<IconBellRinging size={18} stroke={1.7} aria-hidden="true" />}
            disabled={early}
            loading={remind.isPending}
            onClick={() => remind.mutate()}
          >
            Remind
          </Button>
        )}
        {request.can_cancel && <CancelRequest request={request} />}
      </Group>
      <Text size="sm" c="dimmed" aria-live="polite">
        {last !== null && (
          <>
            Reminded <RelativeTimeStamp time={last} />.{' '}
          </>
        )}
        {early && (
          <>
            You can remind {last === null ? '' : 'again '}
            <RelativeTimeStamp time={from} />.
          </>
        )}
      </Text>
      <ProblemAlert error={remind.error} />
    </Stack>
  );
}

/** After an end without access the form is one step away. */
function AskAgain({ request }: { readonly request: AccessRequest }) {
  const thing = askedOf(request);
  const { grant } = request;
  const isOver = request.status !== 'approved' || (grant !== null && grant.ended_at !== null);
  if (!isOver || thing === null) return null;
  return (
    <div>
      <ButtonLink to={newRequestPath(thing)} variant="default">
        Ask again
      </ButtonLink>
    </div>
  );
}

function CancelRequest({ request }: { readonly request: AccessRequest }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const cancel = useMutation({
    mutationFn: () => cancelAccessRequest(request.id),
    onSettled: () => client.invalidateQueries({ queryKey: ['access-requests'] }),
    onSuccess: () => setAsking(false),
  });
  return (
    <>
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
    </>
  );
}
