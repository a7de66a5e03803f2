import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { createMetrics } from '../core/process/metrics.ts';
import type { AdminConfig } from './config.ts';
import type { AdminParts } from './create-parts.ts';
import { DELIVERY_CHANNELS } from './notifications/deliveries/delivery-row.ts';

const REQUEST_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const LATENESS_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

/** Every bound the operator set or left at its default (law 15), the same names as in docs/operations.md. */
function recordLimits(registry: Registry, config: AdminConfig): void {
  const limits = new Gauge({
    name: 'hallpass_admin_limit',
    help: 'Bounds in force, by name; milliseconds or counts as the name says.',
    labelNames: ['name'],
    registers: [registry],
  });
  const values: Record<string, number> = {
    session_max_age_ms: config.sessions.max_age_ms,
    session_idle_timeout_ms: config.sessions.idle_timeout_ms,
    database_connections: config.databaseConnections,
    feed_heartbeat_ms: config.heartbeatIntervalMs,
    feed_poll_ms: config.feedPollMs,
    sweep_interval_ms: config.sweepIntervalMs,
    request_timeout_ms: config.pendingTimeoutMs,
    outbox_redeliver_ms: config.redeliverAfterMs,
    delivery_attempts: config.deliveries.attempts,
    delivery_backoff_ms: config.deliveries.backoffMs,
    delivery_backoff_max_ms: config.deliveries.backoffMaxMs,
    delivery_timeout_ms: config.deliveries.timeoutMs,
    delivery_concurrency: config.deliveries.concurrency,
    webhook_secret_overlap_ms: config.webhooks.secretOverlapMs,
  };
  Object.assign(values, {
    live_streams: config.live.max_streams,
    live_streams_per_person: config.live.max_streams_per_person,
    live_heartbeat_ms: config.live.heartbeat_ms,
    live_poll_ms: config.live.poll_ms,
    sign_in_refusals_per_minute: config.sessions.refusals_per_minute,
    decision_body_bytes: config.decisions.bodyBytes,
    ...config.decisions.limits,
    task_retention_ms: config.accessTasks.retentionMs,
    task_poll_seconds: config.accessTasks.pollSeconds,
    task_approval_max_ms: config.accessTasks.approvalMaxMs,
  });
  for (const [name, value] of Object.entries(values)) limits.set({ name }, value);
}

export interface AdminMetrics {
  readonly registry: Registry;
  readonly requests: Histogram<'operation' | 'status'>;
}

export function createAdminMetrics(parts: AdminParts): AdminMetrics {
  const registry = createMetrics();
  const registers = [registry];
  recordLimits(registry, parts.config);
  new Gauge({
    name: 'hallpass_admin_feed_revision',
    help: 'Last feed revision handed out.',
    registers,
    collect() {
      this.set(parts.hub.head.revision);
    },
  });
  new Gauge({
    name: 'hallpass_admin_feed_subscribers',
    help: 'Sidecars connected to the feed of this process.',
    registers,
    collect() {
      this.set(parts.hub.size);
    },
  });
  new Gauge({
    name: 'hallpass_admin_live_streams',
    help: 'Open streams of GET /v1/stream in this process.',
    registers,
    collect() {
      this.set(parts.live.size);
    },
  });
  new Gauge({
    name: 'hallpass_admin_live_streams_refused',
    help: 'Streams refused since the start, because there were too many.',
    registers,
    collect() {
      this.set(parts.live.refused);
    },
  });
  const requests = new Histogram({
    name: 'hallpass_admin_request_duration_seconds',
    help: 'Requests of the API, by operation and status.',
    labelNames: ['operation', 'status'],
    buckets: REQUEST_SECONDS,
    registers,
  });
  return { registry, requests };
}

export interface WorkerMetrics {
  readonly registry: Registry;
  readonly deliveryAttempts: Counter<'channel' | 'outcome'>;
  readonly jobs: Counter<'job' | 'outcome'>;
  readonly relayed: Counter;
  /** From the end of a grant's time to the record of it. Access itself had ended on time, in the sidecars. */
  readonly expiryLateness: Histogram;
}

export function createWorkerMetrics(parts: AdminParts): WorkerMetrics {
  const registry = createMetrics();
  const registers = [registry];
  recordLimits(registry, parts.config);
  new Gauge({
    name: 'hallpass_worker_outbox_events_open',
    help: 'Committed events that nobody has acted on yet.',
    registers,
    async collect() {
      const row = await parts
        .knex('outbox_events')
        .whereNull('handled_at')
        .count<{ open: number }[]>('* as open')
        .first();
      this.set(row?.open ?? 0);
    },
  });
  recordDeliveries(registry, parts);
  return {
    registry,
    deliveryAttempts: new Counter({
      name: 'hallpass_worker_delivery_attempts_total',
      help: 'Attempts at deliveries of this worker, by channel and what came of them: sent, retry, dead or dropped.',
      labelNames: ['channel', 'outcome'],
      registers,
    }),
    jobs: new Counter({
      name: 'hallpass_worker_jobs_total',
      help: 'Jobs worked off, by name and outcome.',
      labelNames: ['job', 'outcome'],
      registers,
    }),
    relayed: new Counter({
      name: 'hallpass_worker_outbox_events_relayed_total',
      help: 'Events handed to the queue; more than there were events means that some were handed over again.',
      registers,
    }),
    expiryLateness: new Histogram({
      name: 'hallpass_worker_grant_expiry_lateness_seconds',
      help: "From the end of a grant's time to the record of it.",
      buckets: LATENESS_SECONDS,
      registers,
    }),
  };
}

/** Every channel and state is there from the start, at nought, so that an alert on it has something to look at. */
function recordDeliveries(registry: Registry, { knex, clock }: AdminParts): void {
  const states = ['pending', 'held', 'dead'];
  new Gauge({
    name: 'hallpass_worker_deliveries',
    help: 'Deliveries that wait (pending), are kept for a digest (held) or were given up (dead), by channel.',
    labelNames: ['channel', 'state'],
    registers: [registry],
    async collect() {
      const rows: { channel: string; state: string; count: number }[] = await knex('deliveries')
        .whereIn('state', states)
        .groupBy('channel', 'state')
        .select('channel', 'state', knex.raw('count(*) AS count'));
      for (const channel of DELIVERY_CHANNELS) for (const state of states) this.set({ channel, state }, 0);
      for (const { channel, state, count } of rows) this.set({ channel, state }, count);
    },
  });
  new Gauge({
    name: 'hallpass_worker_delivery_lag_seconds',
    help: 'How long the delivery that is due for the longest has been due, by channel; 0 when none is.',
    labelNames: ['channel'],
    registers: [registry],
    async collect() {
      const rows: { channel: string; since: Date }[] = await knex('deliveries')
        .where({ state: 'pending' })
        .where('next_attempt_at', '<=', new Date(clock()))
        .groupBy('channel')
        .select('channel', knex.raw('min(next_attempt_at) AS since'));
      for (const channel of DELIVERY_CHANNELS) this.set({ channel }, 0);
      for (const { channel, since } of rows) this.set({ channel }, (clock() - since.getTime()) / 1000);
    },
  });
}
