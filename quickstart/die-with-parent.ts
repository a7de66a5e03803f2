/**
 * Loaded before a child's own code. When the parent is gone, however it went, the kernel closes the channel between the
 * two, and the child stops as it would on SIGTERM. A thread of its own sees to it that it does, also when the child's
 * event loop no longer turns: a log line that nobody takes any more, or a database that has gone with the parent, may
 * hold it for ever.
 */
import { isMainThread, Worker } from 'node:worker_threads';

const WATCH_MS = 500;
const HARD_STOP_MS = 5_000;

if (isMainThread) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
  new Worker(new URL(import.meta.url), { execArgv: [], stdin: false }).unref();
} else {
  const parent = process.ppid;
  setInterval(() => {
    // An orphan gets another parent: init, or a reaper near it.
    if (process.ppid !== parent) setTimeout(() => process.kill(process.pid, 'SIGKILL'), HARD_STOP_MS);
  }, WATCH_MS);
}
