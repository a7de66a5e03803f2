import type { Fact } from '../../core/feed/fact.ts';
import { FEED_PROTOCOL, type FeedMessage } from '../../core/feed/feed-message.ts';
import type { FeedPosition } from './control-plane.ts';

/** What a replica holds at one moment; it stays that, whatever the replica takes meanwhile. Read once. */
export interface HeldFacts {
  readonly position: FeedPosition;
  /** Nothing newer was there then, in milliseconds since the epoch by the control plane's clock. */
  readonly asOfMs: number;
  readonly facts: Iterable<Fact>;
}

/** The messages that make an empty replica hold the same. */
export function* snapshotMessages({ position, asOfMs, facts }: HeldFacts): Generator<FeedMessage> {
  const { epoch, revision, mark } = position;
  const hello = { type: 'hello', protocol: FEED_PROTOCOL, epoch, mode: 'snapshot', revision } as const;
  yield { ...hello, server_time: asOfMs, heartbeat_interval_ms: 1_000 };
  yield { type: 'snapshot-begin', epoch, revision, mark, as_of: asOfMs };
  let count = 0;
  for (const fact of facts) {
    count += 1;
    yield { type: 'fact', fact };
  }
  yield { type: 'snapshot-end', epoch, revision, facts: count };
}
