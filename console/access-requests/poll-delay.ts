import type { AccessRequest } from '../api/access-request.ts';

const SECOND_MS = 1_000;

export interface PollSituation {
  readonly request: Pick<AccessRequest, 'status' | 'in_effect'> & {
    readonly grant: Pick<NonNullable<AccessRequest['grant']>, 'state'> | null;
  };
  /** How long the page has been open. */
  readonly watchedMs: number;
  readonly visible: boolean;
  /** Whether the server tells by itself what happens to the request. */
  readonly live: boolean;
}

/** How long to wait before asking again, ms; false when nothing more is to come. */
export function pollDelay({ request, watchedMs, visible, live }: PollSituation): number | false {
  const state = request.grant?.state;
  const onItsWay = request.status === 'approved' && state === 'active' && !request.in_effect;
  // Only in case that a hint was lost. That sidecars have applied a grant is no event, so that is asked for.
  if (live && !onItsWay && (request.status === 'pending' || state === 'active' || state === 'scheduled')) {
    return 30 * SECOND_MS;
  }
  if (request.status === 'pending' || onItsWay) {
    if (!visible) return 10 * SECOND_MS;
    // The approval was told at once; sidecars take milliseconds more.
    if (watchedMs < 120 * SECOND_MS) return live ? SECOND_MS / 2 : SECOND_MS;
    return watchedMs < 900 * SECOND_MS ? 3 * SECOND_MS : 10 * SECOND_MS;
  }
  // A grant that stands may be ended by somebody else.
  return state === 'active' || state === 'scheduled' ? 15 * SECOND_MS : false;
}
