import { entitlementKey, type Entitlement } from '../../core/access/grant.ts';
import type { DomainEvent } from '../db/unit-of-work.ts';
import { NO_NOTICES, reasonText, toEach, type Notices } from './notice.ts';
import type { NotificationEventType } from './notification-event-type.ts';
import { termsText, timeText } from './terms-text.ts';

export interface GrantFacts {
  readonly id: string;
  readonly holder: { readonly id: string; readonly name: string };
  readonly request_id: string | null;
  readonly entitlement: Entitlement;
  /** Milliseconds since the Unix epoch. */
  readonly starts_at: number;
  /** null: permanent. */
  readonly expires_at: number | null;
  readonly created_at: number;
  readonly end_reason: string | null;
  readonly end_note: string | null;
  readonly origin: string;
}

/** Who is told what of a grant's life (R33, R34). An extension is told by the approval of the request for it. */
export function grantNotices(type: DomainEvent['type'], grant: GrantFacts): Notices {
  const what = entitlementKey(grant.entitlement);
  const { name } = grant.holder;
  const roomLink = grant.request_id === null ? `/settings/people/${grant.holder.id}` : `/review/${grant.request_id}`;
  const told = (
    event_type: NotificationEventType,
    title: string,
    roomTitle: string,
    body: string,
    link = '/my-access',
  ): Notices => ({
    people: toEach([grant.holder.id], { event_type, title, body, link }),
    room: { event_type, title: roomTitle, body, link: roomLink },
  });
  const end = grant.expires_at === null ? null : timeText(grant.expires_at);
  switch (type) {
    case 'grant.created': {
      if (grant.origin !== 'assignment' || grant.end_reason !== null) return NO_NOTICES;
      const starts_at = grant.starts_at > grant.created_at ? grant.starts_at : null;
      const terms = termsText({ duration_seconds: null, until: grant.expires_at, starts_at });
      return told('access-given', `You were given ${what}`, `${name} was given ${what}`, `${terms}.`);
    }
    case 'grant.expiring':
      if (grant.end_reason !== null || end === null) return NO_NOTICES;
      return told(
        'access-expiring',
        `${what} ends soon`,
        `${what} of ${name} ends soon`,
        `The access ends at ${end}. Ask for more time if it is needed.`,
        `/access-requests/new?extend=${grant.id}`,
      );
    case 'grant.expired':
      return told(
        'access-expired',
        `${what} has ended`,
        `${what} of ${name} has ended`,
        `The time was over at ${end}.`,
      );
    case 'grant.revoked':
      return told(
        'access-revoked',
        `${what} was revoked`,
        `${what} of ${name} was revoked`,
        reasonText(grant.end_note),
      );
    default:
      return NO_NOTICES;
  }
}
