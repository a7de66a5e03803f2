import { describe, expect, it } from '@jest/globals';
import type { Grant } from '../../../console/api/grant.ts';
import { endingGrants } from '../../../console/shell/ending-grants.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');

const ending = (id: string, afterMs: number | null, rest: Partial<Grant> = {}) =>
  ({
    id,
    state: 'active',
    starts_at: '2026-01-01T11:00:00Z',
    expires_at: afterMs === null ? null : new Date(NOW + afterMs).toISOString(),
    ...rest,
  }) as Grant;

const idsOf = (...grants: Grant[]) => endingGrants(grants, NOW).map(({ id }) => id);

describe('what is about to end', () => {
  it('ends within a quarter of an hour, to the millisecond', () => {
    expect(idsOf(ending('in', 15 * 60_000), ending('out', 15 * 60_000 + 1))).toEqual(['in']);
    expect(idsOf(ending('in', 1), ending('over', 0))).toEqual(['in']);
  });

  it('begins with what ends first', () => {
    expect(idsOf(ending('later', 600_000), ending('sooner', 1_000))).toEqual(['sooner', 'later']);
  });

  it('is neither permanent, nor over, nor yet to come', () => {
    const scheduled = { state: 'scheduled', starts_at: '2026-01-01T12:05:00Z' } as const;
    expect(
      idsOf(
        ending('forever', null),
        ending('revoked', 1_000, { state: 'revoked' }),
        ending('later', 600_000, scheduled),
      ),
    ).toEqual([]);
  });
});
