import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { AccessRequest } from '../api/access-request.ts';
import { entitlementPhrase } from '../elements/entitlement-words.ts';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import type { useDecision } from './use-decision.ts';

interface DenyDialogProps {
  readonly request: AccessRequest;
  readonly decision: ReturnType<typeof useDecision>;
  readonly onClose: () => void;
}

export function DenyDialog({ request, decision, onClose }: DenyDialogProps) {
  const [reason, setReason] = useState('');
  const who = request.requester.name || request.requester.email;
  return (
    <Modal opened title="Deny this request?" closeButtonProps={{ 'aria-label': 'Close' }} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          decision.mutate({ verdict: 'deny', reason: reason.trim() });
        }}
      >
        <Stack>
          <Text>
            {who} will not get {entitlementPhrase(request)}, and may ask again.
          </Text>
          <Textarea
            label="Reason (optional)"
            description={`${who} reads this, and it is kept in the audit log.`}
            autosize
            minRows={2}
            maxLength={2_000}
            data-autofocus
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <ProblemAlert error={decision.error} />
          <Group gap="sm" justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <Button type="submit" color="brick" loading={decision.isPending}>
              Deny request
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
