import { Button, Group, Stack, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { AccessRequest, Approval } from '../api/access-request.ts';
import { ApiProblem, messagesByField } from '../api/api-problem.ts';
import { DurationField } from '../elements/duration-field.tsx';
import { ceilingMessage, choiceOf, readDuration } from '../time/duration-choice.ts';
import { GiveInstead } from './give-instead.tsx';
import type { useDecision } from './use-decision.ts';

interface ApproveWithChangesProps {
  readonly request: AccessRequest;
  readonly decision: ReturnType<typeof useDecision>;
  readonly onBack: () => void;
}

/** Another duration, or a Scope instead of the thing itself. What is not changed stays as asked. */
export function ApproveWithChanges({ request, decision, onBack }: ApproveWithChangesProps) {
  const [duration, setDuration] = useState(() => choiceOf(request.duration_seconds));
  const [scopeId, setScopeId] = useState<string | null>(null);
  const [note, setNote] = useState('');
  const [durationError, setDurationError] = useState<string | null>(null);
  const read = readDuration(duration);
  const changed = scopeId !== null || (read.ok && read.seconds !== request.duration_seconds);

  const send = () => {
    if (!read.ok) {
      setDurationError(read.message);
      return;
    }
    setDurationError(ceilingMessage(read.seconds, request.max_duration_seconds));
    if (ceilingMessage(read.seconds, request.max_duration_seconds) !== null) return;
    const approval: Approval = {
      ...(read.seconds !== request.duration_seconds && { duration_seconds: read.seconds }),
      ...(scopeId !== null && { scope_id: scopeId }),
      ...(note.trim() !== '' && { note: note.trim() }),
    };
    decision.mutate(
      { verdict: 'approve', approval },
      {
        onError: (error) => {
          if (error instanceof ApiProblem)
            setDurationError(messagesByField(error, ['duration_seconds']).duration_seconds ?? null);
        },
      },
    );
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Stack gap="lg">
        <DurationField
          label="For how long"
          value={duration}
          onChange={setDuration}
          ceilingSeconds={request.max_duration_seconds}
          error={durationError}
        />
        <GiveInstead request={request} scopeId={scopeId} onChange={setScopeId} />
        <Textarea
          label="Note (optional)"
          description="The requester reads this, and it is kept in the audit log."
          autosize
          minRows={2}
          maxLength={2_000}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <Group gap="sm">
          <Button type="submit" loading={decision.isPending}>
            {changed ? 'Approve with these changes' : 'Approve as asked'}
          </Button>
          <Button variant="default" onClick={onBack}>
            Back
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
