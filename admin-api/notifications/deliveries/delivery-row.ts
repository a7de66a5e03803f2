import type { DomainEvent } from '../../db/unit-of-work.ts';
import type { NotificationEventType } from '../notification-event-type.ts';

export const DELIVERY_STATES = ['pending', 'held', 'sent', 'dead', 'dropped'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** Everything that is sent out, to people and to programs. */
export const DELIVERY_CHANNELS = ['email', 'slack', 'webhook', 'callback'] as const;
export type DeliveryChannel = (typeof DELIVERY_CHANNELS)[number];

export interface DeliveryRow {
  id: string;
  event_id: string | null;
  notification_id: string | null;
  channel: DeliveryChannel;
  person_id: string | null;
  room: string | null;
  webhook_id: string | null;
  /** Of callbacks. */
  task_id: string | null;
  /** Of people and rooms what they choose by; of webhooks the event itself. */
  event_type: NotificationEventType | DomainEvent['type'] | 'webhook.test';
  request_id: string | null;
  grant_id: string | null;
  /** Of people and rooms `NoticeContent`; of webhooks the payload. */
  content: unknown;
  state: DeliveryState;
  /** Why it was dropped, or why it is dead. */
  reason: string | null;
  attempts: number;
  /** null where another delivery of the batch carries it. */
  next_attempt_at: Date | null;
  leased_until: Date | null;
  batch_id: string;
  last_error: string | null;
  address: string | null;
  external_ref: string | null;
  response: { status: number; excerpt: string } | null;
  created_at: Date;
  finished_at: Date | null;
}

export interface NoticeContent {
  readonly title: string;
  readonly body: string;
  readonly link: string;
}
