import type { QueueBackend } from './queue-backend.ts';

export const JOB_QUEUE = 'hallpass';

/** A job names a row; what is to be done is read from the row when the job runs. */
export type JobName = 'handle-event' | 'expire-grant' | 'warn-of-expiry';

/** Later than this, a sweep finds it in time by itself; the queue need not remember it for years. */
const MAX_DELAY_MS = 24 * 3_600_000;

const ATTEMPTS = 5;
const BACKOFF_MS = 500;

export interface JobQueue {
  /** @param due when it is to run, both in milliseconds since the Unix epoch; left out: at once */
  add(name: JobName, rowId: string, due?: { readonly at: number; readonly nowMs: number }): Promise<void>;
  close(): Promise<void>;
}

export function openJobQueue(backend: QueueBackend): JobQueue {
  const queue = backend.openQueue(JOB_QUEUE);
  return {
    async add(name, rowId, due) {
      const delayMs = due === undefined ? 0 : due.at - due.nowMs;
      if (delayMs > MAX_DELAY_MS) return;
      await queue.add(
        name,
        { id: rowId },
        {
          // The same job twice is one job while it waits; after that the row says that it is done. One that is due at
          // another time is another job, or the end that was armed first would stay the only one.
          jobId: due === undefined ? `${name}-${rowId}` : `${name}-${rowId}-${due.at}`,
          delay: Math.max(0, delayMs),
          attempts: ATTEMPTS,
          backoff: { type: 'exponential', delay: BACKOFF_MS, jitter: 0.5 },
          removeOnComplete: true,
          removeOnFail: true,
        },
      );
    },
    close: () => queue.close(),
  };
}
