import { z } from 'zod';
import { durationSecondsSchema, MAX_DURATION_SECONDS, MAX_START_AHEAD_MS } from '../../core/access/duration.ts';
import { AccessError } from '../../core/access/errors.ts';
import type { Terms } from '../../core/access/review.ts';

const moment = z.iso.datetime({ offset: true });

/** How bodies say for how long and from when. */
export const askedPeriodShape = {
  duration_seconds: durationSecondsSchema.optional().describe('null: permanent; or say until'),
  until: moment.optional().describe('a fixed end instead of duration_seconds'),
  starts_at: moment.nullish().describe('when it is to begin; left out: at approval'),
};

export interface AskedPeriod {
  readonly duration_seconds?: number | null | undefined;
  readonly until?: string | undefined;
  readonly starts_at?: string | null | undefined;
}

/**
 * @throws AccessError `invalid-value` for both or none of duration and end, a beginning that is past or too far ahead,
 *   an end that is not after it
 */
export function readPeriod(asked: AskedPeriod, nowMs: number): Omit<Terms, 'entitlement'> {
  if (asked.duration_seconds === undefined && asked.until === undefined) {
    throw invalid('duration_seconds', 'Say for how long: duration_seconds (null: permanently), or until.');
  }
  if (asked.duration_seconds !== undefined && asked.until !== undefined) {
    throw invalid('until', 'Say duration_seconds or until, not both.');
  }
  const startsAt = asked.starts_at === undefined || asked.starts_at === null ? null : Date.parse(asked.starts_at);
  if (startsAt !== null && startsAt <= nowMs) {
    throw invalid('starts_at', 'must be in the future; leave it out for access that begins at approval.');
  }
  if (startsAt !== null && startsAt > nowMs + MAX_START_AHEAD_MS) {
    throw invalid('starts_at', `may be ${MAX_START_AHEAD_MS / 86_400_000} days ahead at the most.`);
  }
  const until = asked.until === undefined ? null : Date.parse(asked.until);
  const begin = startsAt ?? nowMs;
  if (until !== null && until <= begin) {
    throw invalid('until', startsAt === null ? 'must be in the future.' : 'must be after starts_at.');
  }
  if (until !== null && until > begin + MAX_DURATION_SECONDS * 1000) {
    throw invalid('until', 'may be ten years ahead at the most; ask for permanent access with duration_seconds null.');
  }
  return { starts_at: startsAt, duration_seconds: asked.duration_seconds ?? null, until };
}

function invalid(field: string, message: string): AccessError {
  return new AccessError('invalid-value', message, { field });
}
