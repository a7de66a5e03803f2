import { Alert, Button, Group, Paper, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { AccessRequest } from '../api/access-request.ts';
import { entitlementPhrase } from '../elements/entitlement-words.ts';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import { Section } from '../elements/section.tsx';
import { useMe } from '../shell/me-context.ts';
import { formatDuration } from '../time/format-duration.ts';
import { ApproveWithChanges } from './approve-with-changes.tsx';
import { DenyForm } from './deny-form.tsx';
import { useDecision } from './use-decision.ts';

interface ReviewPanelProps {
  readonly request: AccessRequest;
  readonly mine: boolean;
}

/** For reviewers only: decide, or read why one can't. */
export function ReviewPanel({ request, mine }: ReviewPanelProps) {
  const me = useMe();
  const decision = useDecision(request.id);
  const [form, setForm] = useState<'none' | 'change' | 'deny'>('none');
  if (!me.can.review) return null;
  const waiting = request.status === 'pending';
  if (!waiting && decision.error === null) return null;
  return (
    <Section title="Your review">
      <Paper>
        <Stack>
          <ProblemAlert error={decision.error} ownFields={['duration_seconds']} />
          {waiting && !request.can_review && <Alert color="gray">{whyNot(request, mine, me.id)}</Alert>}
          {waiting && request.can_review && form === 'none' && (
            <>
              <Text>
                <b>{request.requester.name || request.requester.email}</b> asks for <b>{entitlementPhrase(request)}</b>,{' '}
                {durationWords(request)}. The time starts when you approve.
              </Text>
              <Group gap="sm">
                <Button
                  loading={decision.isPending}
                  onClick={() => decision.mutate({ verdict: 'approve', approval: {} })}
                >
                  Approve as asked
                </Button>
                <Button variant="default" onClick={() => setForm('change')}>
                  Approve with changes
                </Button>
                <Button variant="light" color="brick" onClick={() => setForm('deny')}>
                  Deny
                </Button>
              </Group>
            </>
          )}
          {waiting && request.can_review && form === 'change' && (
            <ApproveWithChanges request={request} decision={decision} onBack={() => setForm('none')} />
          )}
          {waiting && request.can_review && form === 'deny' && (
            <DenyForm decision={decision} onBack={() => setForm('none')} />
          )}
        </Stack>
      </Paper>
    </Section>
  );
}

function durationWords(request: AccessRequest): string {
  return request.duration_seconds === null ? 'permanently' : `for ${formatDuration(request.duration_seconds)}`;
}

function whyNot(request: AccessRequest, mine: boolean, myId: string): string {
  if (mine) return 'This is your own request. Nobody reviews their own; another Admin or the Owner decides.';
  if (request.reviews.some((review) => review.reviewer?.id === myId)) {
    return 'You have reviewed this request already. It waits for somebody else.';
  }
  return 'The policy names other reviewers for this request.';
}
