import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  nextStatus,
  requestStatus,
  type RequestEvent,
  type RequestStatus,
} from '../../../core/access/access-request.ts';
import { pollAfterSeconds, taskExpiry, taskStatus } from '../../../core/access/task.ts';

const HOUR = 3_600_000;

type Step = { readonly item: number; readonly event: RequestEvent } | { readonly passMs: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ item: fc.nat(4), event: fc.constantFrom<RequestEvent>('approve', 'deny', 'cancel', 'expire') }),
  fc.record({ passMs: fc.nat(HOUR) }),
);

describe('the status of a task', () => {
  it('leaves pending once, for what its items became, and never changes again, whatever happens to it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step, { maxLength: 40 }), (count, steps) => {
        const rows = Array.from({ length: count }, () => ({ status: 'pending' as RequestStatus, pending_until: HOUR }));
        let nowMs = 0;
        const items = () => rows.map((row) => requestStatus(row, nowMs));
        const seen = [taskStatus(items())];
        const itemsSeen = [items()];
        for (const one of steps) {
          if ('passMs' in one) nowMs += one.passMs;
          else {
            const row = rows[one.item % count]!;
            try {
              row.status = nextStatus(requestStatus(row, nowMs), one.event);
            } catch {
              // It was over.
            }
          }
          seen.push(taskStatus(items()));
          itemsSeen.push(items());
        }
        expect(seen[0]).toBe('pending');
        const changes = seen.filter((status, place) => place > 0 && status !== seen[place - 1]);
        expect(changes.length).toBeLessThanOrEqual(1);
        for (const [place, after] of itemsSeen.entries()) {
          const before = itemsSeen[place - 1];
          for (const [at, status] of (before ?? []).entries()) if (status !== 'pending') expect(after[at]).toBe(status);
          const different = new Set(after);
          const isPending = after.includes('pending');
          expect(seen[place]).toBe(isPending ? 'pending' : different.size === 1 ? after[0] : 'partial');
        }
      }),
    );
  });

  it('is of something', () => {
    expect(() => taskStatus([])).toThrow(RangeError);
  });
});

describe('the time of a task', () => {
  const item = (status: RequestStatus, decided_at: number | null = null) => ({
    status,
    pending_until: 1_000,
    decided_at,
  });

  it('is up when nobody has decided, or when it was over for long enough', () => {
    expect(taskExpiry([item('pending'), { ...item('pending'), pending_until: 2_000 }], 50)).toBe(2_000);
    expect(taskExpiry([item('approved', 100), item('pending')], 50)).toBe(1_000);
    expect(taskExpiry([item('approved', 100), item('denied', 300)], 50)).toBe(350);
    // Nobody has written down yet that it expired.
    expect(taskExpiry([item('expired')], 50)).toBe(1_050);
  });

  it('is asked after soon, then ever more seldom, and once a minute in the end', () => {
    expect([0, 60_000, 400_000, 86_400_000].map((age) => pollAfterSeconds(age, 5))).toEqual([5, 5, 20, 60]);
    expect(pollAfterSeconds(0, 60)).toBe(60);
  });
});
