import type { DomainEvent } from '../db/unit-of-work.ts';

/** What people choose channels for, in the order it is shown, with the words it is shown in. */
export const NOTIFICATION_EVENTS = {
  'request-submitted': 'A request awaits your review',
  'request-reminder': 'Somebody reminds you of a request',
  'break-glass': 'Somebody opened access in an emergency',
  'request-approved': 'Your request was approved',
  'request-denied': 'Your request was denied',
  'request-expired': 'Nobody decided about your request in time',
  'access-given': 'You were given access',
  'access-extended': 'Your access was extended',
  'access-expiring': 'Your access ends soon',
  'access-expired': 'Your access has ended',
  'access-revoked': 'Your access was revoked',
} as const;

export type NotificationEventType = keyof typeof NOTIFICATION_EVENTS;

export const NOTIFICATION_EVENT_TYPES = Object.keys(NOTIFICATION_EVENTS) as NotificationEventType[];

/** What each event is to those who are told of it; null: nobody is. */
export const EVENT_TYPE_OF: Record<DomainEvent['type'], NotificationEventType | null> = {
  'access-request.submitted': 'request-submitted',
  'access-request.stage-opened': 'request-submitted',
  'access-request.reminded': 'request-reminder',
  'access-request.break-glass': 'break-glass',
  'access-request.break-glass-closed': 'break-glass',
  'access-request.approved': 'request-approved',
  'access-request.denied': 'request-denied',
  'access-request.expired': 'request-expired',
  'access-request.cancelled': null,
  'grant.created': 'access-given',
  'grant.extended': 'access-extended',
  'grant.expiring': 'access-expiring',
  'grant.expired': 'access-expired',
  'grant.revoked': 'access-revoked',
  'grant.given-up': null,
};
