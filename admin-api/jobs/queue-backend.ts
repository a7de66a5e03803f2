import { Queue, Worker, createPostgresBackend, runMigrations, withBackend, type Processor } from 'bullmq';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import type { Logger } from '../../core/process/logger.ts';

/** What the jobs need of BullMQ, the same on both backends. */
export interface QueueBackend {
  openQueue(name: string): Pick<Queue, 'add' | 'close'>;
  openWorker(name: string, processor: Processor): Pick<Worker, 'close'>;
  close(): Promise<void>;
}

const SCHEMA = 'bullmq';

/**
 * After a worker was killed, its jobs come back within about six seconds; the defaults would take a minute. The short
 * retry delay matters on PostgreSQL, where an outage otherwise leaves workers asleep for many seconds.
 */
const WORKER_OPTIONS = { concurrency: 8, lockDuration: 5_000, stalledInterval: 2_000, runRetryDelay: 1_000 };

/** BullMQ on Redis where there is one, else on PostgreSQL. Migrates before anything is constructed: what is built on a
 * database that isn't ready never recovers. */
export function openQueueBackend(
  where: { readonly redisUrl: string | null; readonly databaseUrl: string },
  logger: Logger,
): Promise<QueueBackend> {
  return where.redisUrl === null
    ? openPostgresQueues(where.databaseUrl, logger)
    : openRedisQueues(where.redisUrl, logger);
}

async function openPostgresQueues(databaseUrl: string, logger: Logger): Promise<QueueBackend> {
  const pool = new Pool({
    connectionString: databaseUrl,
    max: 6,
    options: `-c search_path=${SCHEMA}`,
    keepAlive: true,
  });
  // Every queue and worker adds listeners of its own to the one pool.
  pool.setMaxListeners(0);
  pool.on('error', (error) => logger.warn({ err: error }, 'a queue connection broke'));
  const client = await pool.connect();
  try {
    await runMigrations(client, SCHEMA);
  } finally {
    client.release();
  }
  const classes = withBackend(createPostgresBackend);
  return {
    openQueue: (name) => watched(new classes.Queue(name, { connection: pool }), logger) as never,
    openWorker: (name, processor) =>
      watched(new classes.Worker(name, processor, { ...WORKER_OPTIONS, connection: pool }), logger) as never,
    close: () => pool.end(),
  };
}

async function openRedisQueues(redisUrl: string, logger: Logger): Promise<QueueBackend> {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  connection.on('error', (error) => logger.warn({ err: error }, 'the connection to Redis broke'));
  await connection.ping();
  return {
    openQueue: (name) => watched(new Queue(name, { connection }), logger),
    openWorker: (name, processor) => watched(new Worker(name, processor, { ...WORKER_OPTIONS, connection }), logger),
    async close() {
      connection.disconnect();
    },
  };
}

/** An 'error' event without a listener would end the process. */
function watched<Emitter extends { on(event: 'error', listener: (error: Error) => void): unknown }>(
  emitter: Emitter,
  logger: Logger,
): Emitter {
  emitter.on('error', (error) => logger.warn({ err: error }, 'the job queue reported an error'));
  return emitter;
}
