import { AccessError } from '../../core/access/errors.ts';
import type { DurationSeconds } from '../../core/access/duration.ts';
import type { Entitlement } from '../../core/access/grant.ts';
import { mayHandOut } from '../../core/access/role.ts';
import type { GrantRow } from '../db/grant-row.ts';
import type { Knex } from '../db/knex.ts';
import { personOf, type PersonRow } from '../db/person-row.ts';
import type { Committed, RunUnitOfWork } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import { recordGrant } from './record-grant.ts';

export interface Assignment {
  readonly subject_id: string;
  readonly entitlement: Entitlement;
  readonly duration_seconds: DurationSeconds;
  /** Milliseconds since the Unix epoch, as both that follow; null: now. */
  readonly starts_at: number | null;
  /** A fixed end instead of a duration. */
  readonly until: number | null;
  readonly note: string | null;
}

/**
 * An Admin gives access without a request: the same grant, the same audit.
 * @throws AccessError `not-found`, `self-review`, `conflict` for who is disabled, `beyond-reviewer-role`
 */
export function assignGrant(
  run: RunUnitOfWork,
  assertExists: (knex: Knex, entitlement: Entitlement) => Promise<void>,
  actor: CurrentPerson,
  { subject_id: subjectId, entitlement, note, ...period }: Assignment,
): Promise<Committed<GrantRow>> {
  return run(async (unit) => {
    // Held, so that nobody is given something while everything they have is being ended.
    const subject: PersonRow | undefined = await unit.trx('people').where({ id: subjectId }).forShare().first();
    if (subject === undefined) throw new AccessError('not-found', 'There is no such person.', { field: 'subject_id' });
    if (subject.id === actor.id) {
      throw new AccessError('self-review', 'Nobody gives access to themselves.', { field: 'subject_id' });
    }
    if (subject.disabled_at !== null) {
      throw new AccessError('conflict', 'The account of this person is disabled. Enable it first.', {
        field: 'subject_id',
      });
    }
    if (entitlement.kind === 'role' && !mayHandOut(actor.role, entitlement.role)) {
      throw new AccessError('beyond-reviewer-role', `Your role ${actor.role} can't give that role.`, { field: 'role' });
    }
    await assertExists(unit.trx, entitlement);
    return recordGrant(unit, {
      subject: personOf(subject),
      entitlement,
      ...period,
      request_id: null,
      evaluation_id: null,
      origin: 'assignment',
      given_by: personOf(actor),
      note,
    });
  });
}
