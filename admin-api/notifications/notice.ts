import { entitlementKey, type Entitlement } from '../../core/access/grant.ts';
import { modificationsOf, type Terms } from '../../core/access/review.ts';
import type { DomainEvent } from '../db/unit-of-work.ts';

/** One person is told one thing. */
export interface Notice {
  readonly person_id: string;
  readonly title: string;
  readonly body: string;
  /** Path in the console. */
  readonly link: string;
}

export interface RequestFacts {
  readonly id: string;
  readonly requester: { readonly id: string; readonly name: string };
  readonly asked: Terms;
  readonly reason: string;
  readonly status: string;
  readonly given: Terms | null;
  /** The denial's reason, where there is one. */
  readonly decision_note: string | null;
}

export interface GrantFacts {
  readonly id: string;
  readonly holder_id: string;
  readonly entitlement: Entitlement;
  readonly expires_at: string | null;
  readonly end_reason: string | null;
  readonly end_note: string | null;
  readonly origin: string;
}

/** Who is told what of a request's fate (R30-R32). Pure: what is in the facts now decides, not when the job runs. */
export function requestNotices(
  type: DomainEvent['type'],
  request: RequestFacts,
  adminIds: readonly string[],
): Notice[] {
  const what = entitlementKey(request.asked.entitlement);
  const own = { person_id: request.requester.id, link: `/access-requests/${request.id}` };
  switch (type) {
    case 'access-request.submitted':
      // Decided or taken back in the meantime: asking for a review would only confuse.
      if (request.status !== 'pending') return [];
      return adminIds
        .filter((id) => id !== request.requester.id)
        .map((id) => ({
          person_id: id,
          title: `${request.requester.name} asks for ${what}`,
          body: `${durationText(request.asked.duration_seconds)}. Reason: ${request.reason}`,
          link: `/review/${request.id}`,
        }));
    case 'access-request.approved': {
      const given = request.given ?? request.asked;
      const changed = modificationsOf(request.asked, given).length > 0;
      return [
        {
          ...own,
          title: `You have access: ${entitlementKey(given.entitlement)}`,
          body: `${durationText(given.duration_seconds)}.${changed ? ` It differs from what you asked for (${what}, ${durationText(request.asked.duration_seconds).toLowerCase()}).` : ''}`,
        },
      ];
    }
    case 'access-request.expired':
      return [
        {
          ...own,
          title: `Nobody decided about ${what} in time`,
          body: 'Your request has expired. Ask again if you still need it.',
        },
      ];
    case 'access-request.denied':
      return [
        {
          ...own,
          title: `Your request for ${what} was denied`,
          body: request.decision_note === null ? 'No reason was given.' : `Reason: ${request.decision_note}`,
        },
      ];
    default:
      return [];
  }
}

/** Who is told what of a grant's life (R33, R34). */
export function grantNotices(type: DomainEvent['type'], grant: GrantFacts): Notice[] {
  const what = entitlementKey(grant.entitlement);
  const own = { person_id: grant.holder_id, link: '/my-access' };
  switch (type) {
    case 'grant.created':
      return grant.origin === 'assignment' && grant.end_reason === null
        ? [
            {
              ...own,
              title: `You were given ${what}`,
              body: grant.expires_at === null ? 'Permanently.' : `Until ${grant.expires_at}.`,
            },
          ]
        : [];
    case 'grant.expiring':
      return grant.end_reason === null
        ? [
            {
              ...own,
              title: `${what} ends soon`,
              body: `Your access ends at ${grant.expires_at}. Ask for more time if you need it.`,
            },
          ]
        : [];
    case 'grant.expired':
      return [{ ...own, title: `${what} has ended`, body: `Your time was over at ${grant.expires_at}.` }];
    case 'grant.revoked':
      return [
        {
          ...own,
          title: `${what} was revoked`,
          body: grant.end_note === null ? 'No reason was given.' : `Reason: ${grant.end_note}`,
        },
      ];
    default:
      return [];
  }
}

function durationText(seconds: number | null): string {
  if (seconds === null) return 'Permanently';
  const units: [number, string][] = [
    [604_800, 'week'],
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
  ];
  for (const [size, name] of units) {
    if (seconds % size === 0) return `For ${seconds / size} ${name}${seconds === size ? '' : 's'}`;
  }
  return `For ${seconds} second${seconds === 1 ? '' : 's'}`;
}
