import type { AccessRequest, HistoryRecord } from '../api/access-request.ts';
import type { Person } from '../api/person.ts';
import { entitlementPhrase } from '../elements/entitlement-words.ts';
import { formatDuration } from '../time/format-duration.ts';

export interface HistoryEntry {
  readonly time: string;
  readonly words: string;
  readonly note: string | null;
  readonly look: 'plain' | 'good' | 'bad';
}

/** As the server tells it; right after the submission, before it was asked, out of the request itself. */
export function requestHistory(request: AccessRequest): HistoryEntry[] {
  if (request.history !== undefined && request.history.length > 0) return request.history.map(recorded);
  const entries: HistoryEntry[] = [
    plain(request.submitted_at, `${called(request.requester)} asked for ${entitlementPhrase(request)}.`),
    ...request.reviews.map((review): HistoryEntry => ({
      time: review.created_at,
      words: `${review.reviewer === null ? 'The policy' : called(review.reviewer)} ${review.verdict === 'approve' ? 'approved' : 'denied'}.`,
      note: review.note,
      look: review.verdict === 'approve' ? 'good' : 'bad',
    })),
  ];
  if (request.status === 'cancelled' && request.decided_at !== null) {
    entries.push(plain(request.decided_at, `${called(request.requester)} cancelled it.`));
  }
  if (request.status === 'expired' && request.decided_at !== null) {
    entries.push(plain(request.decided_at, 'It timed out undecided.'));
  }
  return [...entries, ...grantEntries(request)];
}

const GOOD = /(approved|created|extended)$/;
const BAD = /(denied|revoked)$/;

function recorded({ at, type, text, note }: HistoryRecord): HistoryEntry {
  const look = GOOD.test(type) ? 'good' : BAD.test(type) ? 'bad' : 'plain';
  return { time: at, words: text, note, look };
}

function grantEntries({ grant, given }: AccessRequest): HistoryEntry[] {
  if (grant === null) return [];
  const terms = given === null ? '' : ` (${formatDuration(given.duration_seconds).toLowerCase()})`;
  const entries: HistoryEntry[] = [
    { time: grant.starts_at, words: `Access to ${entitlementPhrase(grant)} began${terms}.`, note: null, look: 'good' },
  ];
  if (grant.state === 'expired') {
    entries.push(plain(grant.ended_at ?? grant.expires_at ?? grant.starts_at, 'Access ended: its time was up.'));
  } else if (grant.ended_at !== null) {
    const who = grant.ended_by === null ? 'Hallpass' : called(grant.ended_by);
    const words = grant.state === 'given-up' ? `${who} gave it up.` : `${who} revoked it.`;
    entries.push({
      time: grant.ended_at,
      words,
      note: grant.end_note,
      look: grant.state === 'revoked' ? 'bad' : 'plain',
    });
  }
  return entries;
}

function plain(time: string, words: string): HistoryEntry {
  return { time, words, note: null, look: 'plain' };
}

function called(person: Person): string {
  return person.name || person.email;
}
