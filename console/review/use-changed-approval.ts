import { useState } from 'react';
import type { AccessRequest, Approval } from '../api/access-request.ts';
import { ApiProblem, messagesByField } from '../api/api-problem.ts';
import type { NamedEntitlement } from '../api/entitlement.ts';
import { ceilingMessage, choiceOf, readTime, UNTIL_PRESET, type DurationChoice } from '../time/duration-choice.ts';
import { localMomentText, readLocalMoment } from '../time/local-moment.ts';
import { serverClock } from '../time/server-clock.ts';
import { ceilingOfExtension, termsDifferences } from './asked-given.ts';
import type { useDecision } from './use-decision.ts';

const LENGTH_FIELDS = ['duration_seconds', 'until', 'starts_at', 'scope_id', 'resource', 'role'] as const;

/** The form of an approval with changes, without its looks. What is left as asked is not sent. */
export function useChangedApproval(request: AccessRequest, decision: ReturnType<typeof useDecision>) {
  const [duration, setDuration] = useState(() => choiceOfRequest(request));
  const [start, setStart] = useState(() => textOf(request.starts_at));
  const [instead, setInstead] = useState<NamedEntitlement | null>(null);
  const [note, setNote] = useState('');
  const [errors, setErrors] = useState<Readonly<Record<string, string | undefined>>>({});
  const grant = request.extends_grant ?? null;
  const ceiling =
    grant === null ? request.max_duration_seconds : ceilingOfExtension(grant, request.max_duration_seconds);
  const startMs = readLocalMoment(start);
  const startsAt = startMs === null ? null : new Date(startMs).toISOString();
  const from = grant?.expires_at == null ? (startMs ?? serverClock.nowMs()) : Date.parse(grant.expires_at);
  const read = readTime(duration, from);
  const differences = read.ok ? termsDifferences(request, { entitlement: instead, time: read.time, startsAt }) : [];
  const differs = (what: string) => differences.some((difference) => difference.what === what);

  const send = () => {
    const problem = read.ok ? ceilingMessage(read.seconds, ceiling) : read.message;
    setErrors({ duration: problem ?? undefined });
    if (!read.ok || problem !== null) return;
    const approval: Approval = {
      ...(differs('For how long') && read.time),
      ...(differs('Begins') && { starts_at: startsAt }),
      ...(differs('Access') && instead !== null && askedOf(instead)),
      ...(note.trim() !== '' && { note: note.trim() }),
    };
    decision.mutate({ verdict: 'approve', approval }, { onError: showErrors });
  };
  const showErrors = (error: Error) => {
    if (!(error instanceof ApiProblem)) return;
    const messages = messagesByField(error, LENGTH_FIELDS);
    setErrors({
      duration: messages['duration_seconds'] ?? messages['until'],
      start: messages['starts_at'],
      instead: messages['scope_id'] ?? messages['resource'] ?? messages['role'],
    });
  };
  return {
    duration,
    setDuration,
    start,
    setStart,
    instead,
    setInstead,
    note,
    setNote,
    errors,
    ceiling,
    differences,
    /** The terms as they would be sent; null while they can't be read. */
    time: read.ok ? read.time : null,
    send,
  };
}

function choiceOfRequest({ until, duration_seconds: seconds }: AccessRequest): DurationChoice {
  if (until === null || until === undefined) return choiceOf(seconds);
  return { preset: UNTIL_PRESET, amount: '', unit: 'hours', until: textOf(until) };
}

function textOf(time: string | null | undefined): string {
  return time == null ? '' : localMomentText(Date.parse(time));
}

function askedOf({ kind, resource, scope, role }: NamedEntitlement): Approval {
  if (kind === 'resource' && resource !== null) return { resource: { type: resource.type, id: resource.id } };
  if (kind === 'scope' && scope !== null) return { scope_id: scope.id };
  return role === null ? {} : { role };
}
