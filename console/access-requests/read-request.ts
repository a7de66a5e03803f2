import type { NewAccessRequest } from '../api/access-request.ts';
import type { Grant } from '../api/grant.ts';
import type { RequestPreview } from '../api/request-preview.ts';
import { ceilingMessage, choiceOf, fitsUnder, readTime, type DurationChoice } from '../time/duration-choice.ts';
import { readLocalMoment } from '../time/local-moment.ts';
import { reasonProblem } from './reason-check.ts';
import { EMPTY_DRAFT, type RequestDraft } from './request-draft.ts';

/** What the policy says about all the things together: the strictest of each. */
export interface Terms {
  /** Seconds; null: no ceiling. Of an extension: how much longer it may last. */
  readonly ceilingSeconds: number | null;
  readonly reasonPattern: RequestPreview['reason_pattern'];
}

/** What the form holds, and by which terms it is read. */
export interface Wish {
  readonly draft: RequestDraft;
  readonly terms: Terms;
  readonly emergency: boolean;
  readonly extended: Grant | null;
}

type WithoutThings<Request> = Request extends unknown
  ? Omit<Request, 'resources' | 'resource' | 'scope_id' | 'role'>
  : never;

export type RequestBody = WithoutThings<NewAccessRequest>;

export type RequestErrors = Partial<Record<keyof RequestDraft, string>>;

export type ReadRequest =
  | { readonly ok: true; readonly body: RequestBody }
  | { readonly ok: false; readonly errors: RequestErrors };

/** The body that the form stands for, or what is wrong at which field. */
export function readRequest(wish: Wish, nowMs: number): ReadRequest {
  const { draft, terms, emergency, extended } = wish;
  const start = readStart(wish, nowMs);
  const time = readAskedTime(wish, nowMs);
  const errors: RequestErrors = {
    ...asError('reason', reasonProblem(draft.reason, terms.reasonPattern)),
    ...asError('duration', time.ok ? ceilingMessage(time.seconds, terms.ceilingSeconds) : time.message),
    ...asError('startsAt', start.ok ? null : start.message),
  };
  if (Object.keys(errors).length > 0 || !time.ok || !start.ok) return { ok: false, errors };
  return {
    ok: true,
    body: {
      reason: draft.reason.trim(),
      ...time.time,
      ...(start.startsAt !== null && { starts_at: start.startsAt }),
      ...(emergency && { break_glass: true as const }),
      ...(extended !== null && { extends_grant_id: extended.id }),
    },
  };
}

/** For how long, counted from where it begins: now, the chosen start, or the end of what is extended. */
export function readAskedTime({ draft, terms, emergency, extended }: Wish, nowMs: number) {
  const choice = offeredDuration(draft.duration, terms.ceilingSeconds);
  const beginsMs = beginOf({ draft, emergency, extended }, nowMs);
  const read = readTime(choice, beginsMs);
  if (!read.ok || extended === null || read.seconds === null) return read;
  // The grant goes on from its end: that is how long it is to last longer, however late this is approved.
  return { ...read, time: { until: new Date(beginsMs + read.seconds * 1_000).toISOString() } };
}

function beginOf({ draft, emergency, extended }: Omit<Wish, 'terms'>, nowMs: number): number {
  if (extended?.expires_at != null) return Date.parse(extended.expires_at);
  return emergency ? nowMs : (readLocalMoment(draft.startsAt) ?? nowMs);
}

/** The hour that is chosen beforehand gives way where it is too long; what somebody chose never does. */
export function offeredDuration(choice: DurationChoice, ceilingSeconds: number | null): DurationChoice {
  const isDefault = choice.preset === EMPTY_DRAFT.duration.preset;
  return isDefault && !fitsUnder(Number(choice.preset), ceilingSeconds) ? choiceOf(ceilingSeconds) : choice;
}

function readStart({ draft, emergency, extended }: Wish, nowMs: number) {
  if (draft.startsAt === '' || emergency || extended !== null) return { ok: true, startsAt: null } as const;
  const ms = readLocalMoment(draft.startsAt);
  if (ms === null) return { ok: false, message: 'Say when, with date and time.' } as const;
  if (ms <= nowMs)
    return { ok: false, message: 'This is past. Choose a later time, or “as soon as approved”.' } as const;
  return { ok: true, startsAt: new Date(ms).toISOString() } as const;
}

function asError(field: keyof RequestDraft, message: string | null): RequestErrors {
  return message === null ? {} : { [field]: message };
}
