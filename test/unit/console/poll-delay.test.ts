import { describe, expect, it } from '@jest/globals';
import { pollDelay } from '../../../console/access-requests/poll-delay.ts';

const pending = { status: 'pending', in_effect: false, grant: null } as const;
const onItsWay = { status: 'approved', in_effect: false, grant: { state: 'active' } } as const;
const open = { status: 'approved', in_effect: true, grant: { state: 'active' } } as const;

describe('how often the waiting page asks', () => {
  it('asks every second while somebody looks on, and slower later', () => {
    expect(pollDelay({ request: pending, watchedMs: 0, visible: true })).toBe(1_000);
    expect(pollDelay({ request: onItsWay, watchedMs: 119_000, visible: true })).toBe(1_000);
    expect(pollDelay({ request: pending, watchedMs: 120_000, visible: true })).toBe(3_000);
    expect(pollDelay({ request: pending, watchedMs: 3_600_000, visible: true })).toBe(10_000);
  });

  it('asks seldom while nobody looks', () => {
    expect(pollDelay({ request: pending, watchedMs: 0, visible: false })).toBe(10_000);
  });

  it('keeps an eye on a grant that stands, and stops when all is over', () => {
    expect(pollDelay({ request: open, watchedMs: 0, visible: true })).toBe(15_000);
    for (const state of ['expired', 'revoked', 'given-up'] as const) {
      expect(pollDelay({ request: { ...open, grant: { state } }, watchedMs: 0, visible: true })).toBe(false);
    }
    for (const status of ['denied', 'cancelled', 'expired'] as const) {
      expect(pollDelay({ request: { status, in_effect: false, grant: null }, watchedMs: 0, visible: true })).toBe(
        false,
      );
    }
  });
});
