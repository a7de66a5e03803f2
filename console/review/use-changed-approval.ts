import { useState } from 'react';
import type { AccessRequest, Approval } from '../api/access-request.ts';
import { ApiProblem, messagesByField } from '../api/api-problem.ts';
import { ceilingMessage, choiceOf, readDuration } from '../time/duration-choice.ts';
import type { useDecision } from './use-decision.ts';

/** The form of an approval with changes, without its looks. What is left as asked is not sent. */
export function useChangedApproval(request: AccessRequest, decision: ReturnType<typeof useDecision>) {
  const [duration, setDuration] = useState(() => choiceOf(request.duration_seconds));
  const [scopeId, setScopeId] = useState<string | null>(null);
  const [note, setNote] = useState('');
  const [durationError, setDurationError] = useState<string | null>(null);
  const read = readDuration(duration);
  const otherDuration = read.ok && read.seconds !== request.duration_seconds;

  const showErrors = (error: Error) => {
    if (!(error instanceof ApiProblem)) return;
    setDurationError(messagesByField(error, ['duration_seconds']).duration_seconds ?? null);
  };
  const send = () => {
    const problem = read.ok ? ceilingMessage(read.seconds, request.max_duration_seconds) : read.message;
    setDurationError(problem);
    if (!read.ok || problem !== null) return;
    const approval: Approval = {
      ...(otherDuration && { duration_seconds: read.seconds }),
      ...(scopeId !== null && { scope_id: scopeId }),
      ...(note.trim() !== '' && { note: note.trim() }),
    };
    decision.mutate({ verdict: 'approve', approval }, { onError: showErrors });
  };
  return {
    duration,
    setDuration,
    durationError,
    scopeId,
    setScopeId,
    note,
    setNote,
    changed: scopeId !== null || otherDuration,
    send,
  };
}
