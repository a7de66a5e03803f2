import { describe, expect, it } from '@jest/globals';
import { pollDelay } from '../../../console/access-requests/poll-delay.ts';

const pending = { status: 'pending', in_effect: false, grant: null } as const;
const onItsWay = { status: 'approved', in_effect: false, grant: { state: 'active' } } as const;
const open = { status: 'approved', in_effect: true, grant: { state: 'active' } } as const;

const poll = (situation: Omit<Parameters<typeof pollDelay>[0], 'live'>) => pollDelay({ ...situation, live: false });

describe('how often the waiting page asks', () => {
  it('asks seldom where the server tells by itself, but for what nobody tells', () => {
    const told = { watchedMs: 0, visible: true, live: true };
    expect(pollDelay({ request: pending, ...told })).toBe(30_000);
    expect(pollDelay({ request: open, ...told })).toBe(30_000);
    expect(pollDelay({ request: onItsWay, ...told })).toBe(500);
    expect(pollDelay({ request: { status: 'denied', in_effect: false, grant: null }, ...told })).toBe(false);
  });

  it('asks every second while somebody looks on, and slower later', () => {
    expect(poll({ request: pending, watchedMs: 0, visible: true })).toBe(1_000);
    expect(poll({ request: onItsWay, watchedMs: 119_000, visible: true })).toBe(1_000);
    expect(poll({ request: pending, watchedMs: 120_000, visible: true })).toBe(3_000);
    expect(poll({ request: pending, watchedMs: 3_600_000, visible: true })).toBe(10_000);
  });

  it('asks seldom while nobody looks', () => {
    expect(poll({ request: pending, watchedMs: 0, visible: false })).toBe(10_000);
  });

  it('keeps an eye on a grant that stands, and stops when all is over', () => {
    expect(poll({ request: open, watchedMs: 0, visible: true })).toBe(15_000);
    for (const state of ['expired', 'revoked', 'given-up'] as const) {
      expect(poll({ request: { ...open, grant: { state } }, watchedMs: 0, visible: true })).toBe(false);
    }
    for (const status of ['denied', 'cancelled', 'expired'] as const) {
      expect(poll({ request: { status, in_effect: false, grant: null }, watchedMs: 0, visible: true })).toBe(false);
    }
  });
});
