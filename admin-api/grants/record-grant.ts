import type { DurationSeconds } from '../../core/access/duration.ts';
import { entitlementKey, type Entitlement, type GrantOrigin } from '../../core/access/grant.ts';
import { periodOf } from '../../core/access/review.ts';
import { newId } from '../../core/access/ids.ts';
import { entitlementToColumns } from '../db/entitlement-columns.ts';
import { grantFact, type GrantRow } from '../db/grant-row.ts';
import type { AuditPerson, UnitOfWork } from '../db/unit-of-work.ts';

export interface NewGrant {
  readonly subject: AuditPerson;
  readonly entitlement: Entitlement;
  /** Milliseconds since the Unix epoch. Left out, null or past: now, for the clock of a grant starts at approval (law 4). */
  readonly starts_at?: number | null;
  /** Counted from the beginning; null together with no `until`: permanent. */
  readonly duration_seconds: DurationSeconds;
  /** A fixed end instead of a duration, in milliseconds since the Unix epoch. */
  readonly until?: number | null;
  readonly request_id: string | null;
  readonly evaluation_id: string | null;
  readonly origin: GrantOrigin;
  /** null: given by the policy. */
  readonly given_by: AuditPerson | null;
  readonly note: string | null;
}

/** Writes one grant with its audit entry, event and fact into the caller's transaction. */
export async function recordGrant(unit: UnitOfWork, grant: NewGrant): Promise<GrantRow> {
  const { entitlement, duration_seconds } = grant;
  const terms = { entitlement, duration_seconds, starts_at: grant.starts_at ?? null, until: grant.until ?? null };
  const { starts_at: startsAt, expires_at: expiresAt } = periodOf(terms, unit.nowMs);
  const [row] = (await unit
    .trx('grants')
    .insert({
      id: newId('grant'),
      subject_id: grant.subject.id,
      ...entitlementToColumns(entitlement),
      starts_at: new Date(startsAt),
      expires_at: expiresAt === null ? null : new Date(expiresAt),
      request_id: grant.request_id,
      origin: grant.origin,
      created_at: new Date(unit.nowMs),
      created_by: grant.given_by?.id ?? null,
    })
    .returning('*')) as [GrantRow];
  const from = startsAt > unit.nowMs ? `from ${row.starts_at.toISOString()} ` : '';
  const to = row.expires_at === null ? 'permanently' : `until ${row.expires_at.toISOString()}`;
  unit.audit({
    type: 'grant.created',
    actor: grant.given_by,
    subject: grant.subject,
    request_id: grant.request_id,
    grant_id: row.id,
    evaluation_id: grant.evaluation_id,
    summary: `${grant.subject.name} has ${entitlementKey(entitlement)} ${from}${to}.`,
    details: {
      entitlement,
      duration_seconds,
      starts_at: row.starts_at.toISOString(),
      expires_at: row.expires_at?.toISOString() ?? null,
      origin: grant.origin,
      ...(grant.note === null ? {} : { note: grant.note }),
    },
  });
  unit.emit({ type: 'grant.created', grant_id: row.id });
  unit.publish(grantFact(row));
  return row;
}
