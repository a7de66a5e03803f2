import type { FirstUse } from './first-use-report.ts';

/** What keeps the facts of this process current: the control plane's stream, or the process that reads it. */
export interface FactsFeed {
  readonly isConnected: boolean;
  /** Why there is no connection, for the operator; null while there is one. */
  readonly problem: string | null;
  start(): void;
  /** Nobody here knows how much time has passed; an answer would tell. */
  askTime(): void;
  stop(): Promise<void>;
}

/** The way to the control plane, straight or through another process. */
export interface FactsLink {
  readonly feed: FactsFeed;
  /** @throws when it did not arrive */
  reportFirstUses(uses: readonly FirstUse[]): Promise<void>;
}
