import { Alert, Button, Paper, Radio, Stack, Text, Textarea } from '@mantine/core';
import { IconShieldBolt } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { AccessRequest, BreakGlassReview as BreakGlass } from '../api/access-request.ts';
import { closeBreakGlass, type BreakGlassVerdict } from '../api/review-queue.ts';
import { useRepeatable } from '../api/use-repeatable.ts';
import { PersonName } from '../elements/person-name.tsx';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import { TermList } from '../elements/term-list.tsx';
import { TimeStamp } from '../elements/time-stamp.tsx';

interface BreakGlassReviewProps {
  readonly request: AccessRequest;
  readonly mine: boolean;
}

/** Access was taken without waiting: somebody else says afterwards whether that was right. Until then it can't be taken again. */
export function BreakGlassReview({ request, mine }: BreakGlassReviewProps) {
  const review = request.break_glass;
  if (review == null) return null;
  if (review.closed_at !== null) return <ClosedReview review={review} />;
  return (
    <Stack>
      <Alert
        color="brick"
        icon={<IconShieldBolt aria-hidden="true" />}
        title="Break-glass: taken in an emergency, without a review"
      >
        {mine
          ? 'Another Admin or the Owner reviews this. Until then you can’t take access this way again.'
          : `Until somebody has reviewed it, ${request.requester.name || request.requester.email} can’t take access this way again.`}
      </Alert>
      {!mine && <CloseForm request={request} />}
    </Stack>
  );
}

function CloseForm({ request }: { readonly request: AccessRequest }) {
  const client = useQueryClient();
  const [verdict, setVerdict] = useState('');
  const [note, setNote] = useState('');
  const [errors, setErrors] = useState<{ readonly verdict?: string; readonly note?: string }>({});
  const send = useRepeatable((what: BreakGlassVerdict, key) => closeBreakGlass(request.id, what, key));
  const close = useMutation({
    mutationFn: send,
    onSettled: () => client.invalidateQueries({ queryKey: ['access-requests'] }),
  });
  const submit = () => {
    const missing = {
      ...(verdict === '' && { verdict: 'Say whether it was justified.' }),
      ...(note.trim() === '' && { note: 'Say what you found; an auditor reads this a year later.' }),
    };
    setErrors(missing);
    if (Object.keys(missing).length === 0) close.mutate({ justified: verdict === 'yes', note: note.trim() });
  };
  return (
    <Paper component="section" aria-label="Review of the break-glass access">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack>
          <Radio.Group label="Was it justified?" value={verdict} onChange={setVerdict} error={errors.verdict}>
            <Stack gap="xs" my="xs">
              <Radio value="yes" label="Justified" />
              <Radio value="no" label="Not justified" />
            </Stack>
          </Radio.Group>
          <Textarea
            label="Note"
            description="What you looked at and what you found. It is kept in the audit log."
            withAsterisk
            autosize
            minRows={2}
            maxLength={2_000}
            value={note}
            error={errors.note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <ProblemAlert error={close.error} />
          <Button type="submit" loading={close.isPending}>
            Close the review
          </Button>
        </Stack>
      </form>
    </Paper>
  );
}

function ClosedReview({ review }: { readonly review: BreakGlass }) {
  return (
    <Paper py="sm">
      <TermList
        terms={[
          {
            name: 'Break-glass',
            value: <Text fw={600}>{review.justified === true ? 'Justified' : 'Not justified'}</Text>,
          },
          ...(review.closed_by === null
            ? []
            : [{ name: 'Reviewed by', value: <PersonName person={review.closed_by} /> }]),
          ...(review.closed_at === null
            ? []
            : [{ name: 'Reviewed', value: <TimeStamp time={review.closed_at} precision="second" /> }]),
          ...(review.note === null ? [] : [{ name: 'Note', value: review.note }]),
        ]}
      />
    </Paper>
  );
}
