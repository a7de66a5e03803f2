import { useEffect, useState } from 'react';
import { serverClock } from './server-clock.ts';

/**
 * The server's time, read again every `everyMs` and whenever the page is shown again. Nothing is counted: a tab
 * that slept shows the right time with its first tick.
 */
export function useNow(everyMs: number): number {
  const [nowMs, setNowMs] = useState(() => serverClock.nowMs());
  useEffect(() => {
    const tick = () => setNowMs(serverClock.nowMs());
    const timer = setInterval(tick, everyMs);
    document.addEventListener('visibilitychange', tick);
    window.addEventListener('pageshow', tick);
    tick();
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
      window.removeEventListener('pageshow', tick);
    };
  }, [everyMs]);
  return nowMs;
}
