import type { Grant } from '../api/grant.ts';
import { byNearestEnd, sortGrants } from '../my-access/sort-grants.ts';

/** From here on every page says that something is about to end. */
const LEAD_MS = 15 * 60_000;

/** The grants that hold now and end within a quarter of an hour, what ends first first. */
export function endingGrants(grants: readonly Grant[], nowMs: number): Grant[] {
  return sortGrants(grants, nowMs)
    .active.filter(({ expires_at: end }) => end !== null && Date.parse(end) - nowMs <= LEAD_MS)
    .toSorted(byNearestEnd);
}
