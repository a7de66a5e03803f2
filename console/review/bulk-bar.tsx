import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import type { AccessRequest } from '../api/access-request.ts';
import type { Verdict } from '../api/review-queue.ts';
import { ActionBar } from '../elements/action-bar.tsx';
import classes from './bulk-bar.module.css';
import { BulkDialog } from './bulk-dialog.tsx';

interface BulkBarProps {
  readonly requests: readonly AccessRequest[];
  readonly onClear: () => void;
  /** After a decision, whatever came of it. */
  readonly onDone: () => void;
}

/** What can be done with the selected requests, in reach of the thumb; stays with its dialog when none is left to select. */
export function BulkBar({ requests, onClear, onDone }: BulkBarProps) {
  // Kept as they were when the dialog opened: rows that are decided leave the selection.
  const [asking, setAsking] = useState<{ verdict: Verdict; requests: readonly AccessRequest[] } | null>(null);
  const ask = (verdict: Verdict) => setAsking({ verdict, requests });
  return (
    <>
      {requests.length > 0 && (
        <ActionBar label="Selected requests">
          <div className={classes.what}>
            <Text fw={600} aria-live="polite">
              {requests.length} selected
            </Text>
            <Button variant="subtle" onClick={onClear}>
              Clear
            </Button>
          </div>
          <div className={classes.verdicts}>
            <Button variant="light" color="brick" onClick={() => ask('deny')}>
              Deny…
            </Button>
            <Button onClick={() => ask('approve')}>Approve…</Button>
          </div>
        </ActionBar>
      )}
      {asking !== null && (
        <BulkDialog
          verdict={asking.verdict}
          requests={asking.requests}
          onClose={(decided) => {
            setAsking(null);
            if (decided) onDone();
          }}
        />
      )}
    </>
  );
}
