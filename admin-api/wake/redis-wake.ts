import { Redis } from 'ioredis';
import type { Logger } from '../../core/process/logger.ts';
import { WAKE_TOPICS, type Wake, type WakeTopic } from './wake.ts';

const CHANNEL = 'hallpass:wake';

/** Wake-ups over Redis publish / subscribe: two connections, because a subscribed one can do nothing else. */
export function openRedisWake(redisUrl: string, logger: Logger): Wake {
  const listeners = new Set<(topic: WakeTopic) => void>();
  const publisher = new Redis(redisUrl, { enableOfflineQueue: false, lazyConnect: false });
  const subscriber = new Redis(redisUrl);
  for (const connection of [publisher, subscriber]) {
    connection.on('error', (error) =>
      logger.warn({ err: error }, 'the wake-up connection to Redis broke; polls go on'),
    );
  }
  const wakeAll = (topic: WakeTopic) => {
    for (const listener of listeners) listener(topic);
  };
  subscriber.on('message', (_channel, payload) => {
    const topic = WAKE_TOPICS.find((known) => known === payload);
    if (topic !== undefined) wakeAll(topic);
  });
  // Also after each reconnection: what was committed while nobody listened.
  subscriber.on('ready', () => {
    subscriber.subscribe(CHANNEL).catch(() => {});
    for (const topic of WAKE_TOPICS) wakeAll(topic);
  });
  return {
    send(topic) {
      wakeAll(topic);
      publisher.publish(CHANNEL, topic).catch(() => {});
    },
    onWake: (listener) => void listeners.add(listener),
    async close() {
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}
