import { entitlementKey, type Entitlement } from '../../core/access/grant.ts';
import { modificationsOf, type Terms } from '../../core/access/review.ts';
import type { DomainEvent } from '../db/unit-of-work.ts';
import { NO_NOTICES, reasonText, toEach, type Notices, type NoticeText } from './notice.ts';
import { termsText } from './terms-text.ts';

export interface RequestFacts {
  readonly id: string;
  readonly requester: { readonly id: string; readonly name: string };
  readonly asked: Terms;
  /** What was asked for in the same submission, this included. */
  readonly bundle: readonly Entitlement[];
  readonly reason: string;
  /** Of the bundle: pending as long as one of it is. */
  readonly status: string;
  readonly given: Terms | null;
  /** The denial's reason, where there is one. */
  readonly decision_note: string | null;
  /** More time for something the requester has. */
  readonly is_extension: boolean;
  readonly break_glass_review: { readonly justified: boolean | null; readonly note: string | null };
}

export interface Audience {
  /** All Admins and the Owner (R30). */
  readonly admins: readonly string[];
  /** Those who could review at this moment. */
  readonly awaited: readonly string[];
}

/** Who is told what of a request's fate (R30-R32). Pure: what is in the facts now decides, not when the job runs. */
export function requestNotices(type: DomainEvent['type'], request: RequestFacts, audience: Audience): Notices {
  switch (type) {
    case 'access-request.submitted':
    case 'access-request.stage-opened':
    case 'access-request.reminded':
    case 'access-request.break-glass':
      return toReviewers(type, request, audience);
    case 'access-request.approved':
      return approved(request);
    case 'access-request.denied':
    case 'access-request.expired':
    case 'access-request.break-glass-closed':
      return toRequester(type, request);
    default:
      return NO_NOTICES;
  }
}

/** One line for what was asked for: the thing, or how many things. */
function whatOf({ asked, bundle }: RequestFacts): string {
  return bundle.length > 1 ? `${bundle.length} things` : entitlementKey(asked.entitlement);
}

function askText({ asked, bundle, reason }: RequestFacts): string {
  const list = bundle.length > 1 ? `${bundle.map(entitlementKey).join(', ')}. ` : '';
  return `${list}${termsText(asked)}. Reason: ${reason}`;
}

function toReviewers(type: DomainEvent['type'], request: RequestFacts, { admins, awaited }: Audience): Notices {
  const { name } = request.requester;
  const what = whatOf(request);
  const link = `/review/${request.id}`;
  const more = request.is_extension ? 'more time for ' : '';
  const asked: NoticeText = {
    event_type: 'request-submitted',
    title: `${name} asks for ${more}${what}`,
    body: askText(request),
    link,
  };
  // Decided or taken back in the meantime: asking for a review would only confuse.
  if (type !== 'access-request.break-glass' && request.status !== 'pending') return NO_NOTICES;
  const others = (ids: readonly string[]) => ids.filter((id) => id !== request.requester.id);
  if (type === 'access-request.submitted') return { people: toEach(others(admins), asked), room: asked };
  if (type === 'access-request.stage-opened') {
    const text = { ...asked, title: `Now it is yours to review: ${name} asks for ${more}${what}` };
    return { people: toEach(others(awaited), text), room: null };
  }
  if (type === 'access-request.reminded') {
    const text: NoticeText = {
      ...asked,
      event_type: 'request-reminder',
      title: `${name} reminds you: ${more}${what} awaits your review`,
    };
    return {
      people: toEach(others(awaited), text),
      room: { ...text, title: `${name} reminds you: ${more}${what} awaits a review` },
    };
  }
  const text: NoticeText = {
    event_type: 'break-glass',
    title: `${name} opened ${what} in an emergency`,
    body: `${askText(request)}. Nobody was asked; review it afterwards.`,
    link,
  };
  return { people: toEach(others([...admins, ...awaited]), text), room: text };
}

function approved(request: RequestFacts): Notices {
  const given = request.given ?? request.asked;
  const isChanged = modificationsOf(request.asked, given).length > 0;
  const difference = ` It differs from what you asked for (${entitlementKey(request.asked.entitlement)}, ${lowerFirst(termsText(request.asked))}).`;
  const what = entitlementKey(given.entitlement);
  const event_type = request.is_extension ? 'access-extended' : 'request-approved';
  return {
    people: toEach([request.requester.id], {
      event_type,
      title: request.is_extension ? `You have more time: ${what}` : `You have access: ${what}`,
      body: `${termsText(given)}.${isChanged ? difference : ''}`,
      link: `/access-requests/${request.id}`,
    }),
    room: {
      event_type,
      title: `${request.requester.name} has ${request.is_extension ? 'more time for' : 'access to'} ${what}`,
      body: `${termsText(given)}. Reason: ${request.reason}`,
      link: `/review/${request.id}`,
    },
  };
}

function toRequester(type: DomainEvent['type'], request: RequestFacts): Notices {
  const what = entitlementKey(request.asked.entitlement);
  const { name } = request.requester;
  const told = (event_type: NoticeText['event_type'], title: string, roomTitle: string, body: string): Notices => ({
    people: toEach([request.requester.id], { event_type, title, body, link: `/access-requests/${request.id}` }),
    room: { event_type, title: roomTitle, body, link: `/review/${request.id}` },
  });
  if (type === 'access-request.denied') {
    return told(
      'request-denied',
      `Your request for ${what} was denied`,
      `The request of ${name} for ${what} was denied`,
      reasonText(request.decision_note),
    );
  }
  if (type === 'access-request.expired') {
    return told(
      'request-expired',
      `Nobody decided about ${what} in time`,
      `Nobody decided about the request of ${name} for ${what} in time`,
      'The request has expired; it can be asked again.',
    );
  }
  const { justified, note } = request.break_glass_review;
  return told(
    'break-glass',
    `Your emergency access to ${what} was reviewed`,
    `The emergency access of ${name} to ${what} was reviewed`,
    `It was found ${justified === true ? '' : 'not '}justified.${note === null ? '' : ` Note: ${note}`}`,
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
