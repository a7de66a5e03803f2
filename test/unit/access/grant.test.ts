import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  entitlementKey,
  entitlementSchema,
  grantSchema,
  grantState,
  isActive,
  warningTime,
} from '../../../core/access/grant.ts';

const HOUR = 3_600_000;
const time = fc.integer({ min: 0, max: 4_102_444_800_000 });
const span = fc.tuple(time, fc.integer({ min: 1, max: 315_360_000_000 })).map(([starts_at, length]) => ({
  starts_at,
  expires_at: starts_at + length,
}));

describe('a grant', () => {
  it('counts from its first millisecond to the one before its end, and at no other', () => {
    fc.assert(
      fc.property(span, time, (grant, now) => {
        expect(isActive(grant, grant.starts_at)).toBe(true);
        expect(isActive(grant, grant.starts_at - 1)).toBe(false);
        expect(isActive(grant, grant.expires_at - 1)).toBe(true);
        expect(isActive(grant, grant.expires_at)).toBe(false);
        expect(isActive(grant, now)).toBe(now >= grant.starts_at && now < grant.expires_at);
      }),
    );
  });

  it('that is permanent counts for ever once it has begun', () => {
    fc.assert(
      fc.property(time, time, (starts_at, now) => {
        expect(isActive({ starts_at, expires_at: null }, now)).toBe(now >= starts_at);
      }),
    );
  });

  it('that ends when it starts never counts', () => {
    expect(isActive({ starts_at: 5, expires_at: 5 }, 5)).toBe(false);
  });

  it('once over stays over', () => {
    fc.assert(
      fc.property(span, time, fc.nat(), (grant, now, later) => {
        if (now >= grant.expires_at) expect(isActive(grant, now + later)).toBe(false);
      }),
    );
  });
});

describe('the state people see', () => {
  const grant = { starts_at: 100, expires_at: 200, end_reason: null };
  it.each([
    [99, 'scheduled'],
    [100, 'active'],
    [199, 'active'],
    [200, 'expired'],
    [201, 'expired'],
  ])('at %s is %s, recorded or not', (now, state) => {
    expect(grantState(grant, now)).toBe(state);
  });

  it.each(['revoked', 'given-up', 'expired'] as const)(
    'is %s once that is recorded, whatever the time',
    (end_reason) => {
      for (const now of [0, 150, 300]) expect(grantState({ ...grant, end_reason }, now)).toBe(end_reason);
    },
  );

  it('says active exactly when the grant counts', () => {
    fc.assert(
      fc.property(span, time, (either, now) => {
        expect(grantState({ ...either, end_reason: null }, now) === 'active').toBe(isActive(either, now));
      }),
    );
  });
});

describe('the warning', () => {
  it('comes one hour ahead of the end, or at half-time below two hours', () => {
    expect(warningTime({ starts_at: 0, expires_at: 2 * HOUR })).toBe(HOUR);
    expect(warningTime({ starts_at: 0, expires_at: 24 * HOUR })).toBe(23 * HOUR);
    expect(warningTime({ starts_at: 10, expires_at: 10 + 2 * HOUR - 1 })).toBe(10 + HOUR - 1);
    expect(warningTime({ starts_at: 10, expires_at: 11 })).toBe(10);
    expect(warningTime({ starts_at: 0, expires_at: null })).toBeNull();
  });

  it('always comes while the grant counts, an hour ahead at the most', () => {
    fc.assert(
      fc.property(span, (grant) => {
        const at = warningTime(grant)!;
        expect(Number.isInteger(at) && isActive(grant, at)).toBe(true);
        expect(grant.expires_at - at).toBeLessThanOrEqual(HOUR);
      }),
    );
  });
});

describe('an entitlement', () => {
  it('is spelled in one way', () => {
    expect(entitlementKey({ kind: 'resource', resource: { type: 'target', id: 'billing-db' } })).toBe(
      'target:billing-db',
    );
    expect(entitlementKey({ kind: 'scope', scope_id: 'production' })).toBe('scope:production');
    expect(entitlementKey({ kind: 'role', role: 'admin' })).toBe('role:admin');
  });

  it.each([
    { kind: 'resource', resource: { type: 'connection', id: 'a' }, scope_id: 'b' },
    { kind: 'resource' },
    { kind: 'scope', scope_id: 'A' },
    { kind: 'role', role: 'god' },
    { kind: 'everything' },
    {},
    null,
  ])('of another shape is refused: %j', (value) => {
    expect(entitlementSchema.safeParse(value).success).toBe(false);
  });

  it('stands in a grant whose times are whole milliseconds', () => {
    const grant = {
      id: 'grt_1',
      subject_id: 'per_1',
      entitlement: { kind: 'role', role: 'admin' },
      starts_at: 1,
      expires_at: null,
      request_id: null,
    };
    expect(grantSchema.parse(grant)).toEqual(grant);
    for (const wrong of [
      { starts_at: 1.5 },
      { expires_at: -1 },
      { expires_at: undefined },
      { extra: 1 },
      { id: 'a b' },
    ]) {
      expect(grantSchema.safeParse({ ...grant, ...wrong }).success).toBe(false);
    }
  });
});
