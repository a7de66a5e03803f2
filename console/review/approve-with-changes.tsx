import { Button, Group, Stack, Textarea } from '@mantine/core';
import type { AccessRequest } from '../api/access-request.ts';
import { DurationField } from '../elements/duration-field.tsx';
import { GiveInstead } from './give-instead.tsx';
import { useChangedApproval } from './use-changed-approval.ts';
import type { useDecision } from './use-decision.ts';

interface ApproveWithChangesProps {
  readonly request: AccessRequest;
  readonly decision: ReturnType<typeof useDecision>;
  readonly onBack: () => void;
}

/** Another duration, or a Scope instead of the thing itself. */
export function ApproveWithChanges({ request, decision, onBack }: ApproveWithChangesProps) {
  const form = useChangedApproval(request, decision);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        form.send();
      }}
    >
      <Stack gap="lg">
        <DurationField
          label="For how long"
          value={form.duration}
          onChange={form.setDuration}
          ceilingSeconds={request.max_duration_seconds}
          error={form.durationError}
        />
        <GiveInstead request={request} scopeId={form.scopeId} onChange={form.setScopeId} />
        <Textarea
          label="Note (optional)"
          description="The requester reads this, and it is kept in the audit log."
          autosize
          minRows={2}
          maxLength={2_000}
          value={form.note}
          onChange={(event) => form.setNote(event.currentTarget.value)}
        />
        <Group gap="sm">
          <Button type="submit" loading={decision.isPending}>
            {form.changed ? 'Approve with these changes' : 'Approve as asked'}
          </Button>
          <Button variant="default" onClick={onBack}>
            Back
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
