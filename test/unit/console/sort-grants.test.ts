import { describe, expect, it } from '@jest/globals';
import type { Grant } from '../../../console/api/grant.ts';
import { byNearestEnd, sortGrants } from '../../../console/my-access/sort-grants.ts';

const at = (starts_at: string, expires_at: string | null, state: Grant['state']) =>
  ({ id: `${starts_at} ${state}`, starts_at, expires_at, state }) as Grant;

describe('grants by what holds now', () => {
  it('goes by the time, also before the server was asked again', () => {
    const now = Date.parse('2026-01-01T12:00:00Z');
    const open = at('2026-01-01T11:00:00Z', '2026-01-01T13:00:00Z', 'active');
    const forever = at('2026-01-01T11:00:00Z', null, 'active');
    const ranOut = at('2026-01-01T11:00:00Z', '2026-01-01T12:00:00Z', 'active');
    const begun = at('2026-01-01T11:59:00Z', null, 'scheduled');
    const later = at('2026-01-01T12:01:00Z', null, 'scheduled');
    const revoked = at('2026-01-01T11:00:00Z', null, 'revoked');
    expect(sortGrants([open, forever, ranOut, begun, later, revoked], now)).toEqual({
      active: [open, forever, begun],
      scheduled: [later],
      ended: [ranOut, revoked],
    });
  });

  it('takes nothing back that has begun, whatever the clock here says', () => {
    const begun = at('2026-01-01T11:00:00Z', null, 'active');
    const later = at('2026-01-01T11:00:00Z', null, 'scheduled');
    const { active, scheduled } = sortGrants([begun, later], Date.parse('2026-01-01T04:00:00Z'));
    expect({ active, scheduled }).toEqual({ active: [begun], scheduled: [later] });
  });

  it('puts what ends first first, and what is permanent last', () => {
    const soon = at('2026-01-01T11:00:00Z', '2026-01-01T12:00:00Z', 'active');
    const late = at('2026-01-01T10:00:00Z', '2026-01-02T12:00:00Z', 'active');
    const forever = at('2026-01-01T09:00:00Z', null, 'active');
    expect([forever, late, soon].toSorted(byNearestEnd)).toEqual([soon, late, forever]);
  });
});
