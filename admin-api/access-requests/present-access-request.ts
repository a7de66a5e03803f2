import { AccessError } from '../../core/access/errors.ts';
import type { Committed } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import type { AccessRequestRow } from './access-request-row.ts';
import type { AccessRequestView } from './access-request-view.ts';
import { presentAccessRequests, type PresentPorts } from './present-access-requests.ts';

export async function presentAccessRequest(
  ports: PresentPorts,
  row: AccessRequestRow,
  viewer: CurrentPerson,
): Promise<AccessRequestView> {
  const [view] = await presentAccessRequests(ports, [row], viewer);
  if (view === undefined) throw new AccessError('not-found', 'There is no such request.');
  return view;
}

/** Remembers which feed revision carries the grant; losing this costs the waiting page precision, nothing else. */
export async function rememberRevision(
  ports: PresentPorts,
  committed: Committed<AccessRequestRow>,
): Promise<AccessRequestRow> {
  if (committed.feedRevision === null) return committed.result;
  await ports
    .knex('access_requests')
    .where({ id: committed.result.id })
    .update({ feed_revision: committed.feedRevision });
  return { ...committed.result, feed_revision: committed.feedRevision };
}
