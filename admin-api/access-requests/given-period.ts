import { z } from 'zod';
import { durationSecondsSchema, MAX_DURATION_SECONDS, MAX_START_AHEAD_MS } from '../../core/access/duration.ts';
import { AccessError } from '../../core/access/errors.ts';
import type { TermsChange } from '../../core/access/review.ts';

const moment = z.iso.datetime({ offset: true });

/** How a reviewer gives another length or beginning than was asked for; what is left out stays as it is. */
export const givenPeriodShape = {
  duration_seconds: durationSecondsSchema.optional().describe('null: permanent'),
  until: moment.optional().describe('a fixed end instead of duration_seconds'),
  starts_at: moment.nullish().describe('null: at approval'),
};

/** @throws AccessError `invalid-value` for both a duration and an end, or for times past or beyond what can be foreseen */
export function readGivenPeriod(
  body: {
    readonly duration_seconds?: number | null | undefined;
    readonly until?: string | undefined;
    readonly starts_at?: string | null | undefined;
  },
  nowMs: number,
): Pick<TermsChange, 'duration_seconds' | 'until' | 'starts_at'> {
  const until = body.until === undefined ? undefined : Date.parse(body.until);
  const startsAt = typeof body.starts_at === 'string' ? Date.parse(body.starts_at) : body.starts_at;
  if (body.duration_seconds !== undefined && until !== undefined) {
    throw invalid('until', 'Say duration_seconds or until, not both.');
  }
  if (typeof startsAt === 'number' && startsAt <= nowMs) {
    throw invalid('starts_at', 'must be in the future; null is for access that begins at approval.');
  }
  if (typeof startsAt === 'number' && startsAt > nowMs + MAX_START_AHEAD_MS) {
    throw invalid('starts_at', `may be ${MAX_START_AHEAD_MS / 86_400_000} days ahead at the most.`);
  }
  if (until !== undefined && until <= nowMs) throw invalid('until', 'must be in the future.');
  if (until !== undefined && until > nowMs + MAX_DURATION_SECONDS * 1000) {
    throw invalid('until', 'may be ten years ahead at the most; permanent access has the duration null.');
  }
  return { duration_seconds: body.duration_seconds, until, starts_at: startsAt };
}

function invalid(field: string, message: string): AccessError {
  return new AccessError('invalid-value', message, { field });
}
