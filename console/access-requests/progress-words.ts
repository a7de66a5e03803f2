import type { AccessRequest } from '../api/access-request.ts';
import { entitlementPhrase } from '../elements/entitlement-words.ts';
import { formatDuration } from '../time/format-duration.ts';
import { formatTime } from '../time/format-time.ts';

export interface ProgressWords {
  readonly look: 'waiting' | 'open' | 'refused' | 'over';
  readonly headline: string;
  readonly sentences: readonly string[];
}

/** How a request stands, in words. `mine`: told to its requester; otherwise about them. */
export function progressWords(request: AccessRequest, mine: boolean): ProgressWords {
  const who = mine ? 'You' : request.requester.name || request.requester.email;
  if (request.status === 'pending') return pendingWords(request, mine);
  if (request.status === 'denied') {
    const denial = request.reviews.findLast((review) => review.verdict === 'deny');
    const reviewer =
      denial?.reviewer === null || denial === undefined ? 'The policy' : denial.reviewer.name || denial.reviewer.email;
    return {
      look: 'refused',
      headline: `${reviewer} denied this request.`,
      sentences: [denial?.note ? `Reason: ${denial.note}` : 'No reason was given.'],
    };
  }
  if (request.status === 'cancelled') {
    return { look: 'over', headline: `${who} cancelled this request.`, sentences: [] };
  }
  if (request.status === 'expired') {
    return {
      look: 'over',
      headline: 'Nobody decided this request in time.',
      sentences: mine ? ['You can ask again.'] : [],
    };
  }
  return approvedWords(request, who, mine);
}

function pendingWords(request: AccessRequest, mine: boolean): ProgressWords {
  const place = request.stages.findIndex(({ state }) => state === 'current');
  const stage = request.stages[place];
  const missing = stage === undefined ? 1 : Math.max(1, stage.approvals_required - stage.approvals);
  const awaited = missing === 1 ? 'one approval' : `${missing} approvals by different people`;
  const what = request.extends_grant === null ? '' : ' for more time';
  return {
    look: 'waiting',
    headline: `Waiting for ${awaited}${what}`,
    sentences: [
      ...(stage !== undefined && request.stages.length > 1
        ? [`Stage ${place + 1} of ${request.stages.length}: ${stage.name}.`]
        : []),
      ...(request.extends_grant === null ? [] : ['Meanwhile the access goes on as it is, until its present end.']),
      ...(mine ? ['This page notices by itself when somebody decides; you may leave it open.'] : []),
    ],
  };
}

function approvedWords(request: AccessRequest, who: string, mine: boolean): ProgressWords {
  const { grant, given } = request;
  const changes = changeSentences(request);
  if (grant === null || grant.state === 'expired' || grant.state === 'revoked' || grant.state === 'given-up') {
    const how = { expired: 'has ended', revoked: 'was revoked', 'given-up': 'was given up' };
    const words = grant === null ? 'is over' : how[grant.state as keyof typeof how];
    return {
      look: 'over',
      headline: `This access ${words}.`,
      sentences: [...(grant?.end_note ? [`Note: ${grant.end_note}`] : []), ...changes],
    };
  }
  const name = entitlementPhrase(given ?? request);
  if (grant.state === 'scheduled') {
    return {
      look: 'open',
      headline: `Approved. ${name} opens ${formatTime(grant.starts_at)}.`,
      sentences: [...changes, 'It opens by itself; nobody has to do anything.'],
    };
  }
  if (!request.in_effect) {
    return {
      look: 'waiting',
      headline: 'Approved. Access is on its way.',
      sentences: [...changes, 'It takes a moment until every sidecar knows.'],
    };
  }
  const has = mine ? 'have' : 'has';
  if (request.break_glass !== null) {
    return { look: 'open', headline: `${who} ${has} emergency access to ${name} now.`, sentences: changes };
  }
  if (request.extends_grant !== null) {
    return { look: 'open', headline: `Approved. ${who} ${has} more time for ${name}.`, sentences: changes };
  }
  return { look: 'open', headline: `Approved. ${who} ${has} access to ${name} now.`, sentences: changes };
}

/** Asked beside given, where a reviewer changed something. */
export function changeSentences(request: AccessRequest): string[] {
  const { given } = request;
  if (given === null) return [];
  const sentences: string[] = [];
  if (given.modifications.includes('entitlement')) {
    sentences.push(`Asked for ${entitlementPhrase(request)}, given ${entitlementPhrase(given)}.`);
  }
  if (given.modifications.includes('duration_seconds')) {
    sentences.push(`Asked for ${timeWords(request)}, given ${timeWords(given)}.`);
  }
  if (given.modifications.includes('starts_at')) {
    sentences.push(`Asked to begin ${startWords(request.starts_at)}, given to begin ${startWords(given.starts_at)}.`);
  }
  return sentences;
}

interface TimeTerms {
  readonly duration_seconds: number | null;
  readonly until?: string | null;
}

/** `4 hours`, `permanent`, `until 3 Jun 2026, 18:00` */
function timeWords({ duration_seconds: seconds, until }: TimeTerms): string {
  return until == null ? formatDuration(seconds).toLowerCase() : `until ${formatTime(until)}`;
}

function startWords(startsAt: string | null | undefined): string {
  return startsAt == null ? 'at approval' : formatTime(startsAt);
}
