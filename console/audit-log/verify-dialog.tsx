import { Alert, Button, Group, Modal, Progress, Stack } from '@mantine/core';
import { IconCircleCheck, IconLinkOff } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { getAuditHead, type AuditPart } from '../api/audit-proof.ts';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { TimeStamp } from '../elements/time-stamp.tsx';
import { saveFile } from './save-file.ts';
import { useVerifyAudit } from './use-verify-audit.ts';

interface DialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Proves that nothing in the log was changed, and gives the signed head to keep elsewhere. */
export function VerifyDialog({ opened, onClose }: DialogProps) {
  const { state, start, cancel } = useVerifyAudit();
  const close = () => {
    cancel();
    onClose();
  };
  return (
    <Modal opened={opened} onClose={close} title="Verify the Audit Log" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack>
        <div>
          Every entry holds the hash of the one before it. This walks the whole chain and names the first entry that was
          changed, moved or taken out.
        </div>
        <div aria-live="polite">
          {state.kind === 'running' && <Running entries={state.entries} part={state.part} />}
          {state.kind === 'over' && <Verdict entries={state.entries} part={state.part} />}
        </div>
        {state.kind === 'failed' && <ProblemAlert error={state.error} />}
        <Group justify="space-between">
          <SaveHead />
          {state.kind === 'running' ? (
            <Button variant="default" onClick={cancel}>
              Stop
            </Button>
          ) : (
            <Button onClick={start} data-autofocus>
              {state.kind === 'idle' ? 'Verify' : 'Verify again'}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

function Running({ entries, part }: { readonly entries: number; readonly part: AuditPart | null }) {
  const head = part?.head.sequence ?? 0;
  const share = head === 0 ? 0 : Math.min(100, ((part?.to ?? 0) / head) * 100);
  return (
    <Stack gap="xs">
      <Progress value={share} aria-label="Part of the log that was looked at" />
      <div>{entries.toLocaleString()} entries hold so far.</div>
    </Stack>
  );
}

function Verdict({ entries, part }: { readonly entries: number; readonly part: AuditPart }) {
  const { broken, checkpoint, head } = part;
  if (broken !== null) {
    return (
      <Alert color="brick" title={`Broken at entry ${broken.sequence}`} icon={<IconLinkOff aria-hidden="true" />}>
        In short: {broken.problem}.{' '}
        {broken.id !== null && <TextLink to={`/settings/audit-log/${broken.id}`}>Open the entry</TextLink>}
      </Alert>
    );
  }
  return (
    <Alert color="pine" title="The Audit Log is sound" icon={<IconCircleCheck aria-hidden="true" />}>
      {entries.toLocaleString()} entries hold, to entry {head.sequence}.
      {checkpoint !== null && (
        <>
          {' '}
          What is older than entry {checkpoint.sequence + 1} is in the archive {checkpoint.archive_name} since{' '}
          <TimeStamp time={checkpoint.time} />.
        </>
      )}
    </Alert>
  );
}

/** What shows later that entries were cut off the end, or the whole chain written anew. */
function SaveHead() {
  const head = useMutation({
    mutationFn: getAuditHead,
    onSuccess: (signed) => {
      const blob = new Blob([`${JSON.stringify(signed, null, 2)}\n`], { type: 'application/json' });
      saveFile(blob, `hallpass-audit-head-${signed.sequence}.json`);
    },
  });
  return (
    <Stack gap="xs">
      <Button variant="default" loading={head.isPending} onClick={() => head.mutate()}>
        Save the head
      </Button>
      {head.data?.signature === null && <div>It is not signed: no signing key is set.</div>}
      <ProblemAlert error={head.error} />
    </Stack>
  );
}
