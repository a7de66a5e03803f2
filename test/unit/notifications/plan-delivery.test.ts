import { describe, expect, it } from '@jest/globals';
import {
  DEFAULT_PREFERENCES,
  planDelivery,
  type Preferences,
  type TeamPolicy,
} from '../../../admin-api/notifications/preferences/channel-policy.ts';
import { retryDelayMs } from '../../../admin-api/notifications/deliveries/retry-delay.ts';
import { stillMatters, type PresentFacts } from '../../../admin-api/notifications/deliveries/still-matters.ts';

const NOW = Date.parse('2026-11-23T10:30:00Z');
const own = (change: Partial<Preferences>): Preferences => ({ ...DEFAULT_PREFERENCES, ...change });
const DAILY = { mode: 'daily', at_hour: 9, time_zone: 'UTC' } as const;

describe('whether and when somebody is told on a channel', () => {
  const plan = (policy: TeamPolicy, preferences: Preferences, event = 'request-denied' as const) =>
    planDelivery(policy, preferences, event, 'email', NOW);

  it('is at once, where nobody said anything', () => {
    expect(plan({}, DEFAULT_PREFERENCES)).toEqual({ state: 'pending', dueMs: NOW });
  });

  it('is what the person chose, but for what is mandatory', () => {
    const off = own({ choices: { 'request-denied': { email: false } } });
    const on = own({ choices: { 'request-denied': { email: true } } });
    const policy = (setting: 'mandatory' | 'on' | 'off'): TeamPolicy => ({ 'request-denied': { email: setting } });
    expect(plan(policy('on'), off)).toEqual({ state: 'dropped', reason: 'turned-off' });
    expect(plan(policy('off'), DEFAULT_PREFERENCES)).toEqual({ state: 'dropped', reason: 'turned-off' });
    expect(plan(policy('off'), on).state).toBe('pending');
    expect(plan(policy('mandatory'), off).state).toBe('pending');
    // What is chosen for one channel says nothing of another.
    expect(planDelivery({}, off, 'request-denied', 'slack', NOW).state).toBe('pending');
  });

  it('is not while muted, and never muted or held where it is mandatory', () => {
    const muted = own({ mute_until: NOW + 1, digest: DAILY });
    expect(plan({}, muted)).toEqual({ state: 'dropped', reason: 'muted' });
    expect(plan({}, own({ mute_until: NOW })).state).toBe('pending');
    expect(planDelivery({}, muted, 'break-glass', 'email', NOW)).toEqual({ state: 'pending', dueMs: NOW });
  });

  it('is with the next digest, but for the warning of an end, which could not wait', () => {
    const digest = own({ digest: DAILY });
    expect(plan({}, digest)).toEqual({ state: 'held', dueMs: Date.parse('2026-11-24T09:00:00Z') });
    expect(planDelivery({}, digest, 'access-expiring', 'email', NOW)).toEqual({ state: 'pending', dueMs: NOW });
  });
});

describe('the pause between attempts', () => {
  const limits = { backoffMs: 1_000, backoffMaxMs: 60_000 };
  it('may be twice as long each time, up to a bound, and is random below it', () => {
    const longest = [1, 2, 3, 7, 50].map((attempts) => retryDelayMs(attempts, limits, 0.999_999));
    expect(longest).toEqual([1_000, 2_000, 4_000, 60_000, 60_000]);
    expect(retryDelayMs(4, limits, 0.5)).toBe(4_000);
    expect(retryDelayMs(4, limits, 0)).toBe(100);
  });
});

describe('what still matters', () => {
  const facts = (change: Partial<PresentFacts>): PresentFacts => ({
    event: 'access-request.submitted',
    isPending: true,
    isAwaited: true,
    hasReviewed: false,
    isReviewer: true,
    grant: null,
    toldEndMs: null,
    nowMs: NOW,
    ...change,
  });
  const active = { hasEnded: false, endsMs: NOW + 1 };

  it('is a review as long as the request waits and the person may give it', () => {
    expect(stillMatters(facts({}))).toBe(true);
    expect(stillMatters(facts({ isPending: false }))).toBe(false);
    expect(stillMatters(facts({ isReviewer: false }))).toBe(false);
    expect(stillMatters(facts({ hasReviewed: true }))).toBe(false);
    for (const event of ['access-request.reminded', 'access-request.stage-opened'] as const) {
      expect(stillMatters(facts({ event }))).toBe(true);
      expect(stillMatters(facts({ event, isAwaited: false }))).toBe(false);
      expect(stillMatters(facts({ event, isPending: false }))).toBe(false);
    }
  });

  it('is access as long as it is there, and a warning as long as its end is the end', () => {
    for (const event of ['grant.created', 'access-request.approved', 'grant.expiring'] as const) {
      expect(stillMatters(facts({ event, grant: active }))).toBe(true);
      expect(stillMatters(facts({ event, grant: { hasEnded: true, endsMs: NOW + 1 } }))).toBe(false);
      expect(stillMatters(facts({ event, grant: { hasEnded: false, endsMs: NOW } }))).toBe(false);
    }
    expect(stillMatters(facts({ event: 'access-request.approved', grant: null }))).toBe(true);
    expect(stillMatters(facts({ event: 'grant.expiring', grant: active, toldEndMs: NOW + 1 }))).toBe(true);
    expect(stillMatters(facts({ event: 'grant.expiring', grant: active, toldEndMs: NOW - 1 }))).toBe(false);
  });

  it('is whatever is over and done', () => {
    for (const event of [
      'access-request.denied',
      'grant.expired',
      'grant.revoked',
      'access-request.break-glass',
    ] as const) {
      expect(stillMatters(facts({ event, isPending: false, grant: { hasEnded: true, endsMs: NOW } }))).toBe(true);
    }
  });
});
