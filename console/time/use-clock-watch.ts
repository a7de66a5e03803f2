import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { queryKeys } from '../api/query-keys.ts';
import { clocksParted, type ClockPair } from './clock-watch.ts';
import { serverClock } from './server-clock.ts';

const LOOK_MS = 5_000;

const look = (): ClockPair => ({ wallMs: Date.now(), steadyMs: performance.now() });

/**
 * Asks the server for the time again once the computer has slept or its clock was set. Countdowns run on `Date`, so that
 * they are right after a sleep in any case; what may have become wrong is how far the server's clock is away.
 */
export function useClockWatch(): void {
  const client = useQueryClient();
  useEffect(() => {
    let before = look();
    const compare = () => {
      const now = look();
      if (clocksParted(before, now)) {
        serverClock.doubt();
        void client.invalidateQueries({ queryKey: queryKeys.me });
      }
      before = now;
    };
    const timer = setInterval(compare, LOOK_MS);
    document.addEventListener('visibilitychange', compare);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', compare);
    };
  }, [client]);
}
