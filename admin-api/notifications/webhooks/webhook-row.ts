import type { DomainEvent } from '../../db/unit-of-work.ts';

/** An address of another program that is told of events. */
export interface WebhookRow {
  id: string;
  url: string;
  description: string;
  /** Empty: of every type. */
  event_types: DomainEvent['type'][];
  enabled: boolean;
  disabled_reason: string | null;
  secret: string;
  previous_secret: string | null;
  previous_until: Date | null;
  created_at: Date;
  created_by: string | null;
}

/** What webhooks can be told of, in the order it is shown. */
export const WEBHOOK_EVENT_TYPES = [
  'access-request.submitted',
  'access-request.reminded',
  'access-request.stage-opened',
  'access-request.approved',
  'access-request.denied',
  'access-request.cancelled',
  'access-request.expired',
  'access-request.break-glass',
  'access-request.break-glass-closed',
  'grant.created',
  'grant.extended',
  'grant.expiring',
  'grant.expired',
  'grant.revoked',
  'grant.given-up',
] as const satisfies readonly DomainEvent['type'][];
