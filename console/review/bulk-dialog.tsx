import { Button, Group, Modal, Progress, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { NamedEntitlement } from '../api/entitlement.ts';
import type { Person } from '../api/person.ts';
import type { Verdict } from '../api/review-queue.ts';
import { entitlementTitle } from '../elements/entitlement-words.ts';
import classes from './bulk-dialog.module.css';
import { askedTimeOf, timeWords } from './asked-given.ts';
import { outcomeWords, type RowOutcome } from './decide-in-steps.ts';
import { OutcomeBadge } from './outcome-badge.tsx';
import { useBulkDecision } from './use-bulk-decision.ts';

export interface Decidable extends NamedEntitlement {
  readonly id: string;
  readonly requester: Person;
  /** Left out where it is not known here. */
  readonly duration_seconds?: number | null;
  readonly until?: string | null;
}

interface BulkDialogProps {
  readonly verdict: Verdict;
  readonly requests: readonly Decidable[];
  /** @param decided whether anything was sent */
  readonly onClose: (decided: boolean) => void;
}

/** One verdict and one note for many requests: says which ones before, and what became of each one afterwards. */
export function BulkDialog({ verdict, requests, onClose }: BulkDialogProps) {
  const [note, setNote] = useState('');
  const { outcomes, decide, isPending } = useBulkDecision();
  const open = requests.filter(({ id }) => (outcomes.get(id)?.outcome ?? 'unsent') === 'unsent');
  const begun = outcomes.size > 0 || isPending;
  const count = requests.length === 1 ? '1 request' : `${requests.length} requests`;
  const doIt = verdict === 'approve' ? 'Approve' : 'Deny';
  const send = () =>
    decide({ ids: open.map(({ id }) => id), verdict, ...(note.trim() !== '' && { note: note.trim() }) });
  return (
    <Modal
      opened
      size="lg"
      title={`${doIt} ${count}${begun ? '' : '?'}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
      withCloseButton={!isPending}
      closeOnEscape={!isPending}
      closeOnClickOutside={!isPending}
      onClose={() => onClose(begun)}
    >
      <Stack>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, so the keyboard has to reach it */}
        <ul className={classes.list} tabIndex={0} aria-label="Requests">
          {requests.map((request) => (
            <Line key={request.id} request={request} outcome={outcomes.get(request.id)} sending={isPending} />
          ))}
        </ul>
        {begun ? (
          <HowItGoes outcomes={[...outcomes.values()]} total={requests.length} isPending={isPending} />
        ) : (
          <Textarea
            label={verdict === 'approve' ? 'Note for all of them (optional)' : 'Reason for all of them (optional)'}
            description="The requesters read this, and it is kept in the audit log."
            autosize
            minRows={2}
            maxRows={8}
            maxLength={2_000}
            data-autofocus
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
        )}
        <Group justify="flex-end">
          {!isPending && (
            <Button variant={begun && open.length === 0 ? 'filled' : 'default'} onClick={() => onClose(begun)}>
              {begun ? 'Done' : 'Back'}
            </Button>
          )}
          {open.length > 0 && (
            <Button color={verdict === 'approve' ? 'pine' : 'brick'} loading={isPending} onClick={send}>
              {begun ? `Send the ${open.length} again` : `${doIt} ${count}`}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

interface LineProps {
  readonly request: Decidable;
  readonly outcome: RowOutcome | undefined;
  readonly sending: boolean;
}

function Line({ request, outcome, sending }: LineProps) {
  return (
    <li className={classes.line}>
      <span>
        <b>{request.requester.name || request.requester.email}</b>
        <br />
        {entitlementTitle(request)}
        {request.duration_seconds !== undefined && `, ${timeWords(askedTimeOf(request))}`}
        {outcome?.message != null && <span className={classes.why}>{outcome.message}</span>}
      </span>
      {outcome === undefined ? sending && <Text c="dimmed">Waiting</Text> : <OutcomeBadge outcome={outcome.outcome} />}
    </li>
  );
}

interface HowItGoesProps {
  readonly outcomes: readonly RowOutcome[];
  readonly total: number;
  readonly isPending: boolean;
}

function HowItGoes({ outcomes, total, isPending }: HowItGoesProps) {
  const done = outcomes.filter(({ outcome }) => outcome !== 'unsent').length;
  return (
    <div aria-live="polite">
      {isPending && <Progress value={(100 * done) / total} aria-label="Sent so far" mb="xs" />}
      <Text fw={600}>
        {isPending ? `${done} of ${total} decided` : ''}
        {!isPending && capital(outcomeWords(outcomes))}
      </Text>
    </div>
  );
}

function capital(text: string): string {
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
