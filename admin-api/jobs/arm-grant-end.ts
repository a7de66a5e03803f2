import { warningTime } from '../../core/access/grant.ts';
import { toGrant, type GrantRow } from '../db/grant-row.ts';
import type { DomainEvent } from '../db/unit-of-work.ts';
import type { JobQueue } from './job-queue.ts';

/**
 * Arms what is due at the end of a grant and before it, when it begins to exist and when its end is moved. A job armed
 * for an earlier end finds nothing due and is done.
 */
export async function armGrantEnd(
  jobs: JobQueue,
  { type, grant }: { readonly type: DomainEvent['type']; readonly grant: GrantRow | null },
  nowMs: number,
): Promise<void> {
  if (type !== 'grant.created' && type !== 'grant.extended') return;
  if (grant === null || grant.expires_at === null) return;
  const endsAt = grant.expires_at.getTime();
  await jobs.add('expire-grant', grant.id, { at: endsAt, nowMs });
  const warnAt = warningTime(toGrant(grant));
  if (warnAt !== null) await jobs.add('warn-of-expiry', grant.id, { at: warnAt, nowMs });
}
