import type { Logger } from '../../core/process/logger.ts';

export interface Repeating {
  /** Runs as soon as the present run is over, if there is one. */
  now(): void;
  /** Resolves when the run under way has ended. */
  stop(): Promise<void>;
}

/** Runs `work` over and over, `pauseMs` apart, never twice at a time. A failure is logged, and the next run comes. */
export function repeat(name: string, pauseMs: number, logger: Logger, work: () => Promise<void>): Repeating {
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;

  function start(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    running = work()
      .catch((error: unknown) => logger.warn({ err: error, work: name }, 'a recurring task failed; it will run again'))
      .finally(() => {
        running = null;
        if (stopped) return;
        if (again) {
          again = false;
          start();
        } else timer = setTimeout(start, pauseMs);
      });
  }

  start();
  return {
    now() {
      if (stopped) return;
      if (running === null) start();
      else again = true;
    },
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await running;
    },
  };
}
