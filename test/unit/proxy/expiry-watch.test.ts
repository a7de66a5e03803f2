import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ExpiryWatch } from '../../../proxy/forward/expiry-watch.ts';

describe('waiting for the end of grants', () => {
  beforeEach(() => void jest.useFakeTimers({ now: 1_000_000 }));
  afterEach(() => void jest.useRealTimers());

  const start = (clock = () => Date.now()) => {
    const fired: [string, number][] = [];
    const riders: { readonly name: string; expiresAt: number | null }[] = [];
    const expiry = new ExpiryWatch(
      clock,
      () => riders,
      ({ name }) => fired.push([name, Date.now()]),
    );
    const find = (name: string) => riders.find((rider) => rider.name === name);
    const watch = {
      watch: (name: string, atMs: number | null) => {
        const rider = find(name) ?? { name, expiresAt: null };
        if (!riders.includes(rider)) riders.push(rider);
        expiry.watch(rider, atMs);
      },
      forget: (name: string) => riders.splice(riders.indexOf(find(name)!), 1),
    };
    return { watch, fired };
  };

  it('calls at the very millisecond, once, for all who ride on it', () => {
    const { watch, fired } = start();
    watch.watch('a', 1_000_100);
    watch.watch('b', 1_000_100);
    watch.watch('c', 1_000_200);
    jest.advanceTimersByTime(99);
    expect(fired).toEqual([]);
    jest.advanceTimersByTime(1_000);
    expect(fired).toEqual([
      ['a', 1_000_100],
      ['b', 1_000_100],
      ['c', 1_000_200],
    ]);
  });

  it('waits years without overflowing the timer', () => {
    const { watch, fired } = start();
    const years = 1_000_000 + 400 * 86_400_000;
    watch.watch('a', years);
    jest.advanceTimersByTime(2 ** 31);
    expect(fired).toEqual([]);
    jest.setSystemTime(years - 5);
    jest.advanceTimersByTime(30_005);
    expect(fired.map(([name]) => name)).toEqual(['a']);
  });

  it('notices a clock that was set forward, within its longest wait', () => {
    const { watch, fired } = start();
    watch.watch('a', 1_000_000 + 3_600_000);
    jest.setSystemTime(1_000_000 + 4_000_000);
    jest.advanceTimersByTime(30_000);
    expect(fired).toHaveLength(1);
  });

  it('never calls early by a timer that runs ahead of the clock', () => {
    let now = 1_000_000;
    const { watch, fired } = start(() => now);
    watch.watch('a', 1_000_010);
    jest.advanceTimersByTime(500);
    expect(fired).toEqual([]);
    now = 1_000_010;
    jest.advanceTimersByTime(10);
    expect(fired).toHaveLength(1);
  });

  it('forgets who has left or got another end', () => {
    const { watch, fired } = start();
    watch.watch('a', 1_000_100);
    watch.watch('b', 1_000_100);
    watch.forget('a');
    watch.watch('b', 1_000_500);
    watch.watch('c', 1_000_100);
    watch.watch('c', null);
    jest.advanceTimersByTime(400);
    expect(fired).toEqual([]);
    jest.advanceTimersByTime(200);
    expect(fired).toEqual([['b', 1_000_500]]);
  });

  it('takes an end that is past already for one that is now', () => {
    const { watch, fired } = start();
    watch.watch('a', 5);
    jest.advanceTimersByTime(1);
    expect(fired).toHaveLength(1);
  });
});
