import { Alert, Button, Group, Modal, Progress, Radio, Stack } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useState } from 'react';
import type { AuditFilter } from '../api/audit-event.ts';
import type { ExportFormat, ExportProgress } from '../api/export-audit.ts';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import { auditParameters } from './audit-view.ts';
import { useExportAudit } from './use-export-audit.ts';

interface ExportDialogProps {
  readonly filter: AuditFilter;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Takes what is being looked at as a file, with progress, and a word on whether it is whole. */
export function ExportDialog({ filter, opened, onClose }: ExportDialogProps) {
  const [format, setFormat] = useState<ExportFormat>('csv');
  const { state, start, cancel } = useExportAudit(filter);
  const isFiltered = auditParameters(filter).size > 0;
  const close = () => {
    cancel();
    onClose();
  };
  return (
    <Modal opened={opened} onClose={close} title="Export the Audit Log" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack>
        <div>
          {isFiltered ? 'The entries that the filters leave' : 'The whole log'}, oldest first. That you took it is
          recorded.
        </div>
        <Radio.Group label="Format" value={format} onChange={(value) => setFormat(value as ExportFormat)}>
          <Stack gap="xs" mt="xs">
            <Radio value="csv" label="CSV, for a spreadsheet" disabled={state.kind === 'running'} />
            <Radio value="ndjson" label="NDJSON, exact, one entry a line" disabled={state.kind === 'running'} />
          </Stack>
        </Radio.Group>
        <div aria-live="polite">
          {state.kind === 'running' && <Running progress={state.progress} isFiltered={isFiltered} />}
          {state.kind === 'over' && (
            <Alert color="pine" title="The export is whole" icon={<IconCircleCheck aria-hidden="true" />}>
              {state.progress.entries.toLocaleString()} entries, {sizeText(state.progress.bytes)}, in {state.name}.
            </Alert>
          )}
        </div>
        {state.kind === 'failed' && <ProblemAlert error={state.error} />}
        <Group justify="flex-end">
          {state.kind === 'running' ? (
            <Button variant="default" onClick={cancel}>
              Cancel
            </Button>
          ) : (
            <Button onClick={() => start(format)} data-autofocus>
              {state.kind === 'idle' ? 'Export' : 'Export again'}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

function Running({ progress, isFiltered }: { readonly progress: ExportProgress; readonly isFiltered: boolean }) {
  const { entries, atMost, bytes } = progress;
  // Of a filtered one nobody knows beforehand how many there are.
  const share = isFiltered || atMost === 0 ? 100 : (entries / atMost) * 100;
  return (
    <Stack gap="xs">
      <Progress value={share} animated={isFiltered} aria-label="Part of the export that is here" />
      <div>
        {entries.toLocaleString()} {!isFiltered && atMost > 0 && `of ${atMost.toLocaleString()} `}entries,{' '}
        {sizeText(bytes)}
      </div>
    </Stack>
  );
}

/** `1.4 MB`; decimal, as file managers say it. */
function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
