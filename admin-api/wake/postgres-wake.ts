import { Client } from 'pg';
import type { Logger } from '../../core/process/logger.ts';
import { WAKE_TOPICS, type Wake, type WakeTopic } from './wake.ts';

const CHANNEL = 'hallpass_wake';
const RECONNECT_MS = 1_000;

/** Wake-ups over LISTEN / NOTIFY, on one connection of its own that is made anew whenever it breaks. */
export async function openPostgresWake(databaseUrl: string, logger: Logger): Promise<Wake> {
  const listeners = new Set<(topic: WakeTopic) => void>();
  let client: Client | null = null;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;
  const unsent = new Set<WakeTopic>();
  let sending: Promise<void> | null = null;

  async function connect(): Promise<void> {
    const fresh = new Client({ connectionString: databaseUrl, keepAlive: true });
    fresh.on('notification', ({ payload }) => {
      const topic = WAKE_TOPICS.find((known) => known === payload);
      if (topic !== undefined) for (const listener of listeners) listener(topic);
    });
    fresh.on('error', (error) => lost(fresh, error));
    fresh.on('end', () => lost(fresh, null));
    try {
      await fresh.connect();
      await fresh.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      lost(fresh, error);
      return;
    }
    client = fresh;
    // What was committed while nobody listened.
    for (const topic of WAKE_TOPICS) for (const listener of listeners) listener(topic);
  }

  function lost(which: Client, error: unknown): void {
    if (client === which) client = null;
    which.removeAllListeners();
    which.on('error', () => {});
    which.end().catch(() => {});
    if (closed || timer !== null) return;
    if (error !== null) logger.warn({ err: error }, 'the wake-up connection broke; polls go on, connecting anew');
    timer = setTimeout(() => {
      timer = null;
      void connect();
    }, RECONNECT_MS);
  }

  /** One at a time: a connection runs one statement at once, and topics that come in meanwhile fold into one more. */
  async function notifyAll(): Promise<void> {
    while (unsent.size > 0) {
      const topics = [...unsent];
      unsent.clear();
      await client
        ?.query('SELECT pg_notify($1, topic) FROM unnest($2::text[]) AS topic', [CHANNEL, topics])
        .catch(() => {});
    }
  }

  await connect();
  return {
    send(topic) {
      for (const listener of listeners) listener(topic);
      unsent.add(topic);
      sending ??= notifyAll().finally(() => {
        sending = null;
      });
    },
    onWake: (listener) => void listeners.add(listener),
    async close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      await client?.end().catch(() => {});
    },
  };
}
