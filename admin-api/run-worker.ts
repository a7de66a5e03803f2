import type { Processor } from 'bullmq';
import { systemClock } from '../core/process/clock.ts';
import { Lifecycle } from '../core/process/lifecycle.ts';
import type { Logger } from '../core/process/logger.ts';
import { startOpsServer } from '../core/process/ops-server.ts';
import { expirePendingRequests, TIMEOUT_BATCH } from './access-requests/expire-pending-requests.ts';
import { createWorkerMetrics, type WorkerMetrics } from './admin-metrics.ts';
import { signedHead } from './audit/audit-head.ts';
import type { AdminConfig } from './config.ts';
import { forgetTasks } from './access-requests/tasks/forget-tasks.ts';
import { taskCalls } from './access-requests/tasks/task-callbacks.ts';
import { createOutbound, type Outbound } from './create-outbound.ts';
import { createParts, type AdminParts } from './create-parts.ts';
import { createSlack, type Slack } from './create-slack.ts';
import { withAdvisoryLock } from './db/advisory-lock.ts';
import { pruneFeedChanges } from './feed/prune-feed-changes.ts';
import { forgetIdempotencyKeys } from './http/forget-idempotency-keys.ts';
import { EXPIRY_BATCH, expireDueGrants } from './grants/expire-due-grants.ts';
import { WARNING_BATCH, warnExpiringGrants } from './grants/warn-expiring-grants.ts';
import { armGrantEnd } from './jobs/arm-grant-end.ts';
import { JOB_QUEUE, openJobQueue, type JobName, type JobQueue } from './jobs/job-queue.ts';
import { openQueueBackend } from './jobs/queue-backend.ts';
import { repeat } from './jobs/repeat.ts';
import { forgetDeliveries } from './notifications/deliveries/forget-deliveries.ts';
import { handleOutboxEvent, type TellPorts } from './notifications/handle-outbox-event.ts';
import { forgetOutboxEvents } from './outbox/forget-outbox-events.ts';
import { relayOutboxEvents } from './outbox/relay-outbox-events.ts';
import { forgetSessions } from './sessions/end-session.ts';
import { sendOutbound } from './send-outbound.ts';
import { forgetSlackRows } from './slack/forget-slack-rows.ts';
import { REWRITE_BATCH } from './slack/rewrite-messages.ts';

const TIDY_INTERVAL_MS = 600_000;
/** Sweeps between two looks at what Slack shows. */
const SLACK_SWEEPS = 8;
/** Sessions that are over stay for a month, for whoever looks into one. */
const KEEP_SESSIONS_MS = 30 * 86_400_000;

/**
 * Starts the worker: it hands committed events to the queue, works them off, ends grants whose time is over, and sweeps
 * up what the queue has lost. Nothing that must be refused waits for it (law 2).
 */
export async function runWorker(config: AdminConfig, logger: Logger): Promise<{ stop(): Promise<void> }> {
  const lifecycle = new Lifecycle(logger);
  try {
    const parts = await createParts(config, logger, systemClock);
    lifecycle.onStop('database', () => parts.close());
    const backend = await openQueueBackend({ redisUrl: config.redisUrl, databaseUrl: config.databaseUrl }, logger);
    lifecycle.onStop('queue backend', () => backend.close());
    const jobs = openJobQueue(backend);
    lifecycle.onStop('queue', () => jobs.close());
    const metrics = createWorkerMetrics(parts);
    const slack = createSlack(parts);
    const outbound = createOutbound(parts);
    const sendNow = sendOutbound(parts, outbound, metrics, lifecycle);
    const worker = backend.openWorker(JOB_QUEUE, processorOf(parts, jobs, metrics, { outbound, sendNow, slack }));
    lifecycle.onStop('worker', () => worker.close());

    const relay = repeat('outbox relay', config.sweepIntervalMs, logger, () =>
      drain(100, () =>
        relayOutboxEvents(
          parts.knex,
          async (id) => {
            await jobs.add('handle-event', id);
            metrics.relayed.inc();
          },
          parts.clock(),
          {
            redeliverAfterMs: config.redeliverAfterMs,
          },
        ),
      ),
    );
    parts.wake.onWake((topic) => {
      if (topic === 'outbox') relay.now();
    });
    lifecycle.onStop('outbox relay', () => relay.stop());
    if (slack !== null) catchUpInSlack(slack, parts, lifecycle);
    const sweep = repeat('sweep', config.sweepIntervalMs, logger, async () => {
      await drain(EXPIRY_BATCH, () => expireDueGrants(parts.run, metrics.expiryLateness));
      await drain(WARNING_BATCH, () => warnExpiringGrants(parts.run));
      await drain(TIMEOUT_BATCH, () => expirePendingRequests(parts.run));
    });
    lifecycle.onStop('sweep', () => sweep.stop());
    const tidy = repeat('tidying', TIDY_INTERVAL_MS, logger, async () => {
      await withAdvisoryLock(parts.knex, 'tidy', async (trx) => {
        const now = parts.clock();
        await pruneFeedChanges(trx, now);
        await forgetIdempotencyKeys(trx, now);
        await forgetTasks(trx, now, config.accessTasks.retentionMs);
        await forgetDeliveries(trx, now);
        await forgetOutboxEvents(trx, now);
        await forgetSessions(trx, now - KEEP_SESSIONS_MS);
        await forgetSlackRows(trx, now);
      });
    });
    lifecycle.onStop('tidying', () => tidy.stop());
    tellAuditHead(parts, lifecycle);
    const ops = await startOpsServer({
      host: config.opsHost,
      port: config.workerOpsPort,
      registry: metrics.registry,
      readiness: () => ({ ready: true, missing: [] }),
    });
    lifecycle.onStop('ops server', () => ops.close());
    logger.info({ ops_port: ops.port, backend: config.redisUrl === null ? 'postgresql' : 'redis' }, 'worker running');
    return { stop: () => lifecycle.stop() };
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

/** For messages that no event led to, and for those that failed. Seldom: it looks at every message that is open. */
function catchUpInSlack(slack: Slack, { config, logger }: AdminParts, lifecycle: Lifecycle): void {
  const everyMs = config.sweepIntervalMs * SLACK_SWEEPS;
  const rewriting = repeat('slack messages', everyMs, logger, () => drain(REWRITE_BATCH, () => slack.rewrite()));
  lifecycle.onStop('slack messages', () => rewriting.stop());
}

/** Where logs are kept out of the database's reach, each such line is a head kept elsewhere. */
function tellAuditHead({ knex, clock, config, logger }: AdminParts, lifecycle: Lifecycle): void {
  const telling = repeat('audit head', config.audit.headIntervalMs, logger, async () => {
    logger.info({ ...(await signedHead(knex, config.audit.keys, config.publicUrl, clock())) }, 'audit head');
  });
  lifecycle.onStop('audit head', () => telling.stop());
}

/** Goes on while batches come back full. */
async function drain(batch: number, step: () => Promise<number>): Promise<void> {
  while ((await step()) >= batch);
}

interface Telling {
  readonly outbound: Outbound;
  /** Told when there may be something to send. */
  readonly sendNow: () => void;
  readonly slack: Slack | null;
}

function processorOf(parts: AdminParts, jobs: JobQueue, metrics: WorkerMetrics, telling: Telling): Processor {
  const { config } = parts;
  const { connectedChannels, awaitedReviewers, rooms } = telling.outbound;
  const ports: TellPorts = {
    connectedChannels,
    awaitedReviewers,
    rooms,
    publicUrl: config.publicUrl,
    taskCalls: (trx, requestId) =>
      taskCalls(trx, requestId, { publicUrl: config.publicUrl, ...config.accessTasks }, parts.clock()),
    beforeDone: (event) => armGrantEnd(jobs, event, parts.clock()),
    onNotified: () => parts.wake.send('live'),
  };
  const handlers: Record<JobName, (id: string) => Promise<unknown>> = {
    'expire-grant': (grantId) => expireDueGrants(parts.run, metrics.expiryLateness, { grantId }),
    'warn-of-expiry': (grantId) => warnExpiringGrants(parts.run, { grantId }),
    'handle-event': async (eventId) => {
      await handleOutboxEvent(parts.knex, eventId, parts.clock(), ports);
      telling.sendNow();
      await telling.slack?.rewriteAfter(eventId);
    },
  };
  return async (job) => {
    const handler = handlers[job.name as JobName];
    if (handler === undefined) throw new Error(`no handler for job ${job.name}`);
    let outcome = 'failed';
    try {
      await handler(String((job.data as { id: unknown }).id));
      outcome = 'done';
    } finally {
      metrics.jobs.inc({ job: job.name, outcome });
    }
  };
}
