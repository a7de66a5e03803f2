import type { DomainEvent } from '../../db/unit-of-work.ts';

/** What is so now, of what a delivery tells. */
export interface PresentFacts {
  readonly event: DomainEvent['type'];
  /** The request, or any of its bundle. */
  readonly isPending: boolean;
  /** Whether the one to be told could review it at this moment. */
  readonly isAwaited: boolean;
  readonly hasReviewed: boolean;
  readonly isReviewer: boolean;
  readonly grant: {
    readonly hasEnded: boolean;
    /** Milliseconds since the Unix epoch. */ readonly endsMs: number | null;
  } | null;
  /** The end that the notice speaks of, milliseconds since the Unix epoch. */
  readonly toldEndMs: number | null;
  readonly nowMs: number;
}

/**
 * Whether it is still worth telling: nobody is asked for a review that is decided, warned of an end that has come or
 * was moved, or told to have what they no longer have. What is over and done stays worth telling.
 */
export function stillMatters(facts: PresentFacts): boolean {
  const { grant, nowMs } = facts;
  const isActive = grant !== null && !grant.hasEnded && (grant.endsMs === null || grant.endsMs > nowMs);
  switch (facts.event) {
    case 'access-request.submitted':
      return facts.isPending && facts.isReviewer && !facts.hasReviewed;
    case 'access-request.reminded':
    case 'access-request.stage-opened':
      return facts.isPending && facts.isAwaited;
    case 'access-request.approved':
      // Without a grant there is nothing that could have ended: it begins later.
      return grant === null || isActive;
    case 'grant.created':
    case 'grant.extended':
      return isActive;
    case 'grant.expiring':
      return isActive && (facts.toldEndMs === null || grant.endsMs === facts.toldEndMs);
    default:
      return true;
  }
}
