import { cancelPendingOf, lockPendingOf } from './access-requests/cancel-requests-of.ts';
import { END_BATCH, endGrantsOf, lockGrantsOf } from './grants/end-grants-of.ts';
import type { EndOfAccess } from './people/change-person.ts';

/** What a person who is disabled loses: what they were given and what they asked for. */
export const endOfAccess: EndOfAccess = {
  async lock(unit, personId) {
    await lockGrantsOf(unit, personId);
    await lockPendingOf(unit, personId);
  },
  async end(unit, personId, actor, note) {
    const ended = await endGrantsOf(unit, personId, actor, note);
    await cancelPendingOf(unit, personId, actor, note);
    return ended === END_BATCH;
  },
};
