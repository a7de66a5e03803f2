import { createLogger } from '../core/process/logger.ts';
import { LoggedDecisionLines } from './gate/decision-log.ts';
import { FastDecisionLines } from './gate/fast-decision-lines.ts';
import { prepareHeap } from './heap.ts';
import { LogDestination } from './log-destination.ts';
import { WorkerLink } from './workers/worker-link.ts';
import { runWorker, type RunningWorker } from './workers/run-worker.ts';
import type { FromWorker, ToWorker } from './workers/worker-messages.ts';

/** One of several processes that carry the traffic of a sidecar; `main.ts` starts it and tells it everything. */
const send = (message: FromWorker): void => {
  if (process.connected) process.send?.(message, undefined, {}, () => {});
};
const link = new WorkerLink(send);
let running: Promise<RunningWorker> | null = null;
let isStopping = false;

function begin(message: Extract<ToWorker, { kind: 'begin' }>): Promise<RunningWorker> {
  const { config } = message;
  const destination = new LogDestination(config.limits.log_unread_bytes);
  process.on('exit', () => destination.flushSync());
  const logger = createLogger('proxy', config.log_level, destination).child({ worker: process.pid });
  const decisionLines = logger.isLevelEnabled('info')
    ? new FastDecisionLines((line) => destination.write(line), 'proxy')
    : new LoggedDecisionLines(logger);
  return runWorker(message, link, send, { logger, decisionLines, droppedLogBytes: () => destination.droppedBytes });
}

async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  try {
    await (await running)?.stop();
  } finally {
    process.exit(0);
  }
}

async function receive(message: ToWorker): Promise<void> {
  if (message.kind === 'begin') {
    running = begin(message);
    try {
      await running;
    } catch (error) {
      send({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
      process.disconnect();
      process.exit(1);
    }
  } else if (message.kind === 'stop') await stop();
  else if (message.kind === 'assertion-keys' || message.kind === 'ask-metrics') (await running)?.receive(message);
  else link.receive(message);
}

prepareHeap();
process.on('message', (message: ToWorker) => void receive(message));
process.on('disconnect', () => {
  link.disconnected();
  void stop();
});
// A signal to the whole group is for the first process, which says when to stop.
process.on('SIGTERM', () => {});
process.on('SIGINT', () => {});
