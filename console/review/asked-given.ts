import type { AccessRequest } from '../api/access-request.ts';
import type { AskedTime } from '../api/asked-time.ts';
import type { NamedEntitlement } from '../api/entitlement.ts';
import { entitlementKeyText, entitlementTitle } from '../elements/entitlement-words.ts';
import { formatDuration } from '../time/format-duration.ts';
import { formatTime } from '../time/format-time.ts';

/** What a reviewer would give; null: as asked. */
export interface GivenDraft {
  readonly entitlement: NamedEntitlement | null;
  readonly time: AskedTime;
  /** null: at approval. */
  readonly startsAt: string | null;
}

export interface TermsDifference {
  readonly what: 'Access' | 'For how long' | 'Begins';
  readonly asked: string;
  readonly given: string;
}

type Length = Pick<AccessRequest, 'duration_seconds' | 'until'>;
type AskedTerms = NamedEntitlement & Length & Pick<AccessRequest, 'starts_at'>;

/** What would be given beside what was asked, where they differ. */
export function termsDifferences(request: AskedTerms, draft: GivenDraft): TermsDifference[] {
  const differences: TermsDifference[] = [];
  const { entitlement } = draft;
  if (entitlement !== null && entitlementKeyText(entitlement) !== entitlementKeyText(request)) {
    differences.push({ what: 'Access', asked: entitlementTitle(request), given: entitlementTitle(entitlement) });
  }
  const asked = askedTimeOf(request);
  if (!sameTime(asked, draft.time)) {
    differences.push({ what: 'For how long', asked: timeWords(asked), given: timeWords(draft.time) });
  }
  if (!sameMoment(request.starts_at, draft.startsAt)) {
    differences.push({ what: 'Begins', asked: startWords(request.starts_at), given: startWords(draft.startsAt) });
  }
  return differences;
}

export function askedTimeOf({ duration_seconds: seconds, until }: Partial<Length>): AskedTime {
  return until == null ? { duration_seconds: seconds ?? null } : { until };
}

/** `4 hours`, `permanent`, `until 3 Jun 2026, 18:00` */
export function timeWords(time: AskedTime): string {
  return 'until' in time ? `until ${formatTime(time.until)}` : formatDuration(time.duration_seconds).toLowerCase();
}

function startWords(start: string | null): string {
  return start === null ? 'at approval' : formatTime(start);
}

function sameTime(one: AskedTime, other: AskedTime): boolean {
  if ('until' in one && 'until' in other) return sameMoment(one.until, other.until);
  return !('until' in one) && !('until' in other) && one.duration_seconds === other.duration_seconds;
}

/** To the minute: a field for date and time holds no more than that. */
function sameMoment(one: string | null | undefined, other: string | null): boolean {
  if (one == null || other === null) return (one ?? null) === other;
  return Math.floor(Date.parse(one) / 60_000) === Math.floor(Date.parse(other) / 60_000);
}

interface Extended {
  readonly starts_at: string;
  /** null: permanent. */
  readonly expires_at: string | null;
}

/** When an extended grant would end: so much after its present end, or at a fixed time. null: never. */
export function extendedEnd(grant: Extended, time: AskedTime): string | null {
  if ('until' in time) return time.until;
  if (time.duration_seconds === null || grant.expires_at === null) return null;
  return new Date(Date.parse(grant.expires_at) + time.duration_seconds * 1_000).toISOString();
}

/** How much may be added, seconds, where the ceiling counts the whole life of the grant; null: no ceiling. */
export function ceilingOfExtension(grant: Extended, ceilingSeconds: number | null): number | null {
  if (ceilingSeconds === null || grant.expires_at === null) return ceilingSeconds;
  const lived = Math.ceil((Date.parse(grant.expires_at) - Date.parse(grant.starts_at)) / 1_000);
  return Math.max(0, ceilingSeconds - lived);
}
