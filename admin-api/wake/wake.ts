/**
 * What there may be news of: facts, events, or what only connected pages care for (notifications, ends of sessions).
 * A wake-up carries nothing: whoever is woken reads the database.
 */
export const WAKE_TOPICS = ['feed', 'outbox', 'live'] as const;
export type WakeTopic = (typeof WAKE_TOPICS)[number];

/**
 * Tells the other processes that something was committed. Only ever a hint: a lost one costs the time until the
 * listener's own poll, so nothing here retries or confirms.
 */
export interface Wake {
  /** Tells everybody, this process too. Never throws, never waits. */
  send(topic: WakeTopic): void;
  onWake(listener: (topic: WakeTopic) => void): void;
  close(): Promise<void>;
}
