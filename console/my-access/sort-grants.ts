import type { Grant } from '../api/grant.ts';

export interface SortedGrants {
  readonly active: readonly Grant[];
  readonly scheduled: readonly Grant[];
  readonly ended: readonly Grant[];
}

/** By what holds now: time decides, also before the server was asked again. */
export function sortGrants(grants: readonly Grant[], nowMs: number): SortedGrants {
  const active: Grant[] = [];
  const scheduled: Grant[] = [];
  const ended: Grant[] = [];
  for (const grant of grants) {
    const open = grant.state === 'active' || grant.state === 'scheduled';
    if (!open || (grant.expires_at !== null && nowMs >= Date.parse(grant.expires_at))) ended.push(grant);
    else if (isScheduled(grant, nowMs)) scheduled.push(grant);
    else active.push(grant);
  }
  return { active, scheduled, ended };
}

/** What has begun for the server has begun, also while the clock here is wrong and the server can't be asked. */
export function isScheduled(
  { state, starts_at: startsAt }: Pick<Grant, 'state' | 'starts_at'>,
  nowMs: number,
): boolean {
  return state === 'scheduled' && nowMs < Date.parse(startsAt);
}

/** What ends first comes first; permanent grants come last. */
export function byNearestEnd(a: Grant, b: Grant): number {
  return endOf(a) - endOf(b) || a.id.localeCompare(b.id);
}

function endOf(grant: Grant): number {
  return grant.expires_at === null ? Number.MAX_SAFE_INTEGER : Date.parse(grant.expires_at);
}
