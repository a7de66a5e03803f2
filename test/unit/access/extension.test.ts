import { describe, expect, it } from '@jest/globals';
import { AccessError } from '../../../core/access/errors.ts';
import { extendedEnd, wholeLife } from '../../../core/access/extension.ts';
import { assertMayGive, lengthOf } from '../../../core/access/review.ts';

const extension = { grant_id: 'grt_1', starts_at: 1_000_000, expires_at: 1_600_000 };
const terms = (length: { duration_seconds?: number | null; until?: number }) => ({
  entitlement: { kind: 'scope', scope_id: 'production' } as const,
  starts_at: null,
  duration_seconds: length.duration_seconds ?? null,
  until: length.until ?? null,
});

describe('an extension', () => {
  it('adds to the present end, or names a new one', () => {
    expect(extendedEnd(extension, terms({ duration_seconds: 60 }))).toBe(1_660_000);
    expect(extendedEnd(extension, terms({ until: 1_600_001 }))).toBe(1_600_001);
    expect(extendedEnd(extension, terms({ duration_seconds: null }))).toBeNull();
  });

  it.each([1_600_000, 1_599_999, 0])('never shortens (until %d)', (until) => {
    expect(() => extendedEnd(extension, terms({ until }))).toThrow(AccessError);
  });

  it('is as long as the whole life, rounded up, so that nothing slips past a ceiling', () => {
    expect(wholeLife(extension, terms({ duration_seconds: 60 }))).toBe(660);
    expect(wholeLife(extension, terms({ until: 1_600_001 }))).toBe(601);
    expect(wholeLife(extension, terms({ duration_seconds: null }))).toBeNull();
    const owner = { id: 'per_1', role: 'owner', disabled: false } as const;
    expect(() => assertMayGive(owner, terms({ duration_seconds: 60 }), 660, 1_100_000, extension)).not.toThrow();
    expect(() => assertMayGive(owner, terms({ duration_seconds: 61 }), 660, 1_100_000, extension)).toThrow(
      'at the most',
    );
  });

  it('is a length of its own once the access has run out', () => {
    expect(lengthOf(terms({ duration_seconds: 60 }), 1_599_999, extension)).toBe(660);
    expect(lengthOf(terms({ duration_seconds: 60 }), 1_600_000, extension)).toBe(60);
  });
});
