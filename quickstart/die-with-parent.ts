/**
 * Loaded before a child's own code: when the parent is gone, however it went, the kernel closes the channel between the
 * two, and the child stops as it would on SIGTERM; hard, if it can't.
 */
const HARD_STOP_MS = 8_000;

process.once('disconnect', () => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), HARD_STOP_MS).unref();
});
process.channel?.unref();
