import { Button } from '@mantine/core';
import { IconCloudOff, IconHelpCircle, IconLock } from '@tabler/icons-react';
import { ApiProblem } from '../api/api-problem.ts';
import { BlankState } from './blank-state.tsx';

interface ProblemStateProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** Instead of content that could not be had: not allowed, not there, or failed (then one may try again). */
export function ProblemState({ error, onRetry }: ProblemStateProps) {
  const problem = error instanceof ApiProblem ? error : null;
  if (problem?.status === 403) {
    return (
      <BlankState icon={IconLock} title="This is not open to you">
        {problem.message}
      </BlankState>
    );
  }
  if (problem?.status === 404) {
    return (
      <BlankState icon={IconHelpCircle} title="Nothing found here">
        It may never have existed, or you may not know of it. Check the link.
      </BlankState>
    );
  }
  return (
    <div role="alert">
      <BlankState
        icon={IconCloudOff}
        title={problem?.title ?? 'Something went wrong'}
        action={
          onRetry === undefined ? undefined : (
            <Button variant="default" onClick={onRetry}>
              Try again
            </Button>
          )
        }
      >
        {problem?.message ?? 'The console failed to show this.'}
        {problem?.requestId != null && <> (request {problem.requestId})</>}
      </BlankState>
    </div>
  );
}
