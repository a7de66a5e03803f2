import { Button, Group, Stack, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { useDecision } from './use-decision.ts';

interface DenyFormProps {
  readonly decision: ReturnType<typeof useDecision>;
  readonly onBack: () => void;
}

export function DenyForm({ decision, onBack }: DenyFormProps) {
  const [reason, setReason] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        decision.mutate({ verdict: 'deny', reason: reason.trim() });
      }}
    >
      <Stack>
        <Textarea
          label="Reason (optional)"
          description="The requester reads this, and it is kept in the audit log."
          autosize
          minRows={2}
          maxLength={2_000}
          // The form was just opened by a button that is gone now; the focus belongs here.
          ref={focusOnMount}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group gap="sm">
          <Button type="submit" color="brick" loading={decision.isPending}>
            Deny request
          </Button>
          <Button variant="default" onClick={onBack}>
            Back
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function focusOnMount(element: HTMLElement | null) {
  element?.focus();
}
