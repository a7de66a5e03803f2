import { describe, expect, it } from '@jest/globals';
import { joinTerms } from '../../../console/access-requests/join-terms.ts';
import { offeredDuration, readRequest, type Wish } from '../../../console/access-requests/read-request.ts';
import { EMPTY_DRAFT, type RequestDraft } from '../../../console/access-requests/request-draft.ts';
import type { Grant } from '../../../console/api/grant.ts';
import type { RequestPreview } from '../../../console/api/request-preview.ts';
import { localMomentText } from '../../../console/time/local-moment.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.parse('2026-03-01T22:00:00Z');
const FREE = { ceilingSeconds: null, reasonPattern: null };

const wish = (draft: Partial<RequestDraft>, rest: Partial<Wish> = {}): Wish => ({
  draft: { ...EMPTY_DRAFT, reason: ' Release ', ...draft },
  terms: FREE,
  emergency: false,
  extended: null,
  ...rest,
});
const bodyOf = (asked: Wish) => {
  const read = readRequest(asked, NOW);
  return read.ok ? read.body : read.errors;
};
const until = (ms: number) => ({ preset: 'until', amount: '', unit: 'hours', until: localMomentText(ms) }) as const;

describe('what the form sends', () => {
  it('is an hour from the approval on, unless something else was chosen', () => {
    expect(bodyOf(wish({}))).toEqual({ reason: 'Release', duration_seconds: 3_600 });
    expect(bodyOf(wish({ duration: { preset: 'permanent', amount: '', unit: 'hours' } }))).toEqual({
      reason: 'Release',
      duration_seconds: null,
    });
  });

  it('holds a fixed end and a set start as moments, not as amounts', () => {
    const asked = wish({ duration: until(NOW + 5 * HOUR), startsAt: localMomentText(NOW + HOUR) });
    expect(bodyOf(asked)).toEqual({
      reason: 'Release',
      until: new Date(NOW + 5 * HOUR).toISOString(),
      starts_at: new Date(NOW + HOUR).toISOString(),
    });
  });

  it('is nothing while a field is wrong; each says so at its place', () => {
    expect(bodyOf(wish({ reason: '', duration: until(NOW - HOUR), startsAt: 'unset' }))).toEqual({
      reason: 'Say what you need it for.',
      duration: expect.stringContaining('after the beginning'),
      startsAt: expect.stringContaining('date and time'),
    });
    expect(bodyOf(wish({ startsAt: localMomentText(NOW) }))).toEqual({ startsAt: expect.stringContaining('past') });
  });

  it('never ends before it begins', () => {
    const asked = wish({ duration: until(NOW + HOUR), startsAt: localMomentText(NOW + 2 * HOUR) });
    expect(bodyOf(asked)).toEqual({ duration: expect.stringContaining('after the beginning') });
  });

  it('measures a fixed end against the ceiling from the beginning on', () => {
    const terms = { ...FREE, ceilingSeconds: 4 * 3_600 };
    const asked = { duration: until(NOW + 5 * HOUR) };
    expect(bodyOf(wish(asked, { terms }))).toEqual({ duration: expect.stringContaining('4 hours') });
    expect(bodyOf(wish({ ...asked, startsAt: localMomentText(NOW + HOUR) }, { terms }))).toHaveProperty('until');
  });

  it('begins at once in an emergency, whatever was chosen before', () => {
    expect(bodyOf(wish({ startsAt: localMomentText(NOW + HOUR) }, { emergency: true }))).toEqual({
      reason: 'Release',
      duration_seconds: 3_600,
      break_glass: true,
    });
  });
});

describe('asking for more time', () => {
  const grant = {
    id: 'grt_1',
    starts_at: new Date(NOW - HOUR).toISOString(),
    expires_at: new Date(NOW + 10 * MINUTE).toISOString(),
  } as Grant;

  it('counts from the present end, not from now', () => {
    expect(bodyOf(wish({}, { extended: grant }))).toEqual({
      reason: 'Release',
      until: new Date(NOW + 70 * MINUTE).toISOString(),
      extends_grant_id: 'grt_1',
    });
  });

  it('may be for good', () => {
    const duration = { preset: 'permanent', amount: '', unit: 'hours' } as const;
    expect(bodyOf(wish({ duration }, { extended: grant }))).toEqual({
      reason: 'Release',
      duration_seconds: null,
      extends_grant_id: 'grt_1',
    });
  });

  it('has what is left of the ceiling', () => {
    const ceilingOf = (seconds: number | null) =>
      joinTerms([{ max_duration_seconds: seconds, reason_pattern: null } as RequestPreview], {
        emergency: false,
        extended: grant,
      }).ceilingSeconds;
    expect(ceilingOf(7_200)).toBe(3_000);
    expect(ceilingOf(60)).toBe(0);
    expect(ceilingOf(null)).toBeNull();
  });
});

describe('the terms of several things', () => {
  const preview = (max: number | null, emergencyMax: number | null) =>
    ({
      max_duration_seconds: max,
      break_glass: { allowed: true, max_duration_seconds: emergencyMax },
      reason_pattern: null,
    }) as RequestPreview;
  const ceilingOf = (emergency: boolean, ...previews: RequestPreview[]) =>
    joinTerms(previews, { emergency, extended: null }).ceilingSeconds;

  it('are the strictest of each', () => {
    expect(ceilingOf(false, preview(null, 60), preview(600, 60), preview(900, 60))).toBe(600);
    expect(ceilingOf(false, preview(null, 60))).toBeNull();
    expect(ceilingOf(true, preview(600, 3_600), preview(900, 1_800))).toBe(600);
    expect(ceilingOf(false)).toBeNull();
  });

  it('hold for the hour that is chosen beforehand, never for what somebody chose', () => {
    expect(offeredDuration(EMPTY_DRAFT.duration, 1_800)).toEqual({ preset: 'custom', amount: 30, unit: 'minutes' });
    expect(offeredDuration(EMPTY_DRAFT.duration, 3_600)).toBe(EMPTY_DRAFT.duration);
    const chosen = { preset: '86400', amount: '', unit: 'hours' } as const;
    expect(offeredDuration(chosen, 1_800)).toBe(chosen);
  });
});
