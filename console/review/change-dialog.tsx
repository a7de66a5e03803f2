import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { AccessRequest } from '../api/access-request.ts';
import { DurationField } from '../elements/duration-field.tsx';
import { MomentInput } from '../elements/moment-input.tsx';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import { formatTime } from '../time/format-time.ts';
import { extendedEnd } from './asked-given.ts';
import { AskedToGiven } from './asked-to-given.tsx';
import classes from './change-dialog.module.css';
import { GiveInstead } from './give-instead.tsx';
import { useChangedApproval } from './use-changed-approval.ts';
import type { useDecision } from './use-decision.ts';

const OWN_FIELDS = ['duration_seconds', 'until', 'starts_at', 'scope_id', 'resource', 'role'];

interface ChangeDialogProps {
  readonly request: AccessRequest;
  readonly decision: ReturnType<typeof useDecision>;
  readonly onClose: () => void;
}

/** Another length, another beginning, or something else than was asked; what differs is shown before it is sent. */
export function ChangeDialog({ request, decision, onClose }: ChangeDialogProps) {
  const form = useChangedApproval(request, decision);
  const isPhone = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const grant = request.extends_grant ?? null;
  return (
    <Modal
      opened
      size="xl"
      fullScreen={isPhone}
      title={grant === null ? 'Approve with changes' : 'Extend with changes'}
      closeButtonProps={{ 'aria-label': 'Close' }}
      onClose={onClose}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          form.send();
        }}
      >
        <Stack gap="lg">
          <DurationField
            label={grant === null ? 'For how long' : 'How much longer'}
            value={form.duration}
            onChange={form.setDuration}
            ceilingSeconds={form.ceiling}
            withUntil
            error={form.errors['duration'] ?? null}
          />
          {grant !== null && form.time !== null && (
            <Text>
              It would end {endWords(extendedEnd(grant, form.time))} instead of {endWords(grant.expires_at)}.
            </Text>
          )}
          {grant === null && (
            <>
              <MomentInput
                label="Begins (left empty: at approval)"
                value={form.start}
                onChange={form.setStart}
                error={form.errors['start']}
              />
              <GiveInstead
                request={request}
                value={form.instead}
                onChange={form.setInstead}
                error={form.errors['instead']}
              />
            </>
          )}
          <Textarea
            label="Note (optional)"
            description="The requester reads this, and it is kept in the audit log."
            autosize
            minRows={2}
            maxLength={2_000}
            value={form.note}
            onChange={(event) => form.setNote(event.currentTarget.value)}
          />
          <div className={classes.foot}>
            <AskedToGiven differences={form.differences} />
            <ProblemAlert error={decision.error} ownFields={OWN_FIELDS} />
            <Group gap="sm" justify="flex-end">
              <Button variant="default" onClick={onClose}>
                Back
              </Button>
              <Button type="submit" loading={decision.isPending}>
                {form.differences.length === 0 ? 'Approve as asked' : 'Approve with these changes'}
              </Button>
            </Group>
          </div>
        </Stack>
      </form>
    </Modal>
  );
}

function endWords(end: string | null): string {
  return end === null ? 'never' : formatTime(end);
}
