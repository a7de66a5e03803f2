import { Alert, Button, Paper, Stack } from '@mantine/core';
import { useState } from 'react';
import type { AccessRequest } from '../api/access-request.ts';
import { isProblem } from '../api/api-problem.ts';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import { useMe } from '../shell/me-context.ts';
import { ChangeDialog } from './change-dialog.tsx';
import classes from './decision-panel.module.css';
import { DenyDialog } from './deny-dialog.tsx';
import { useDecision } from './use-decision.ts';

/** The decision, always in reach: beside the request, or at the bottom of a phone. Or why one can't decide. */
export function DecisionPanel({ request }: { readonly request: AccessRequest }) {
  const me = useMe();
  const decision = useDecision(request.id);
  const [dialog, setDialog] = useState<'none' | 'change' | 'deny'>('none');
  const waiting = request.status === 'pending';
  const close = () => {
    setDialog('none');
    decision.reset();
  };
  if (!waiting)
    return <MeanwhileDecided error={decision.error} wasWriting={dialog !== 'none' && !decision.isSuccess} />;
  if (!request.can_review) {
    return (
      <>
        <ProblemAlert error={decision.error} />
        <Alert color="gray">{whyNot(request, me.id)}</Alert>
      </>
    );
  }
  return (
    <Paper className={classes.panel} component="section" aria-label="Your decision">
      <Stack gap="sm">
        {dialog === 'none' && <ProblemAlert error={decision.error} />}
        <div className={classes.buttons}>
          <Button
            className={classes.main ?? ''}
            loading={decision.isPending && dialog === 'none'}
            onClick={() => decision.mutate({ verdict: 'approve', approval: {} })}
          >
            Approve as asked
          </Button>
          <Button variant="default" onClick={() => setDialog('change')}>
            Approve with changes
          </Button>
          <Button variant="light" color="brick" onClick={() => setDialog('deny')}>
            Deny
          </Button>
        </div>
      </Stack>
      {dialog === 'change' && <ChangeDialog request={request} decision={decision} onClose={close} />}
      {dialog === 'deny' && <DenyDialog request={request} decision={decision} onClose={close} />}
    </Paper>
  );
}

/** Somebody was faster, or it timed out: what came of it stands on the page by now. */
function MeanwhileDecided({ error, wasWriting }: { readonly error: unknown; readonly wasWriting: boolean }) {
  if (error === null && !wasWriting) return null;
  if (error !== null && !isProblem(error, 'already-decided')) return <ProblemAlert error={error} />;
  return (
    <Alert role="alert" color="amber" title="This was decided before your answer arrived">
      Yours changed nothing. What came of it stands above.
    </Alert>
  );
}

function whyNot(request: AccessRequest, myId: string): string {
  if (request.requester.id === myId) {
    return 'This is your own request. Nobody reviews their own; another Admin or the Owner decides.';
  }
  if (request.reviews.some((review) => review.reviewer?.id === myId)) {
    return 'You have reviewed this request already. It waits for somebody else.';
  }
  return 'The policy names other reviewers for this request.';
}
