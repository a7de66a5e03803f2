import type { NotificationEventType } from './notification-event-type.ts';

/** Ways out of the console; being told in the app is no channel, it always happens. */
export const CHANNEL_NAMES = ['email', 'slack'] as const;
export type ChannelName = (typeof CHANNEL_NAMES)[number];

/** Who a message is for, as they are now. */
export interface Recipient {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** IANA name, from the person's preferences; `UTC` when they set none. */
  readonly time_zone: string;
}

/** One thing to tell. Texts are plain and hold what people typed: every channel escapes for itself. */
export interface MessageNotice {
  readonly event_type: NotificationEventType;
  readonly title: string;
  /** One line. Times in it are RFC 3339 in UTC, for the channel to show in a zone (`core/access/split-times.ts`). */
  readonly body: string;
  /** Path in the console, e.g. `/review/req_…`. */
  readonly link: string;
  readonly request_id: string | null;
  readonly grant_id: string | null;
  /** RFC 3339, UTC. */
  readonly created_at: string;
}

export interface OutgoingMessage {
  /** The same for every attempt at this message: Message-ID, dedupe key. */
  readonly delivery_id: string;
  /** null: to a room that the team routes such events to, not to a person. */
  readonly person: Recipient | null;
  /** What `addressOf` gave, or the room. */
  readonly address: string;
  /** At least one; oldest first. */
  readonly notices: readonly MessageNotice[];
  /** Several notices put together at the time the person chose. */
  readonly is_digest: boolean;
}

/**
 * A way to reach people outside of the console. `send` may be called again for a message that arrived, when nobody
 * could note down that it did: pass `delivery_id` on, so that the receiver can tell.
 */
export interface NotificationChannel {
  readonly name: ChannelName;
  /** null: the person can't be reached this way; the delivery is dropped, with that for its reason. */
  addressOf(person: Recipient): Promise<string | null>;
  /**
   * @returns where the message stands at the other side, for changing it later; null when that means nothing there
   * @throws RetryLater to be tried again, also for whatever else it throws
   * @throws DeliveryRefused when trying again can't help
   */
  send(message: OutgoingMessage): Promise<{ readonly external_ref: string | null }>;
}

/** The channels that are connected now, read before every use. */
export type ConnectedChannels = () => Promise<readonly NotificationChannel[]>;

/** Not now: the other side is away or asks to wait. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  /** At least this long, when the other side said so. */
  readonly afterMs: number | undefined;

  constructor(message: string, afterMs?: number) {
    super(message);
    this.afterMs = afterMs;
  }
}

/** Never: the message or its address will not be taken, however often it is tried. */
export class DeliveryRefused extends Error {
  override readonly name = 'DeliveryRefused';
}
