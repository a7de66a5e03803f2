import type { AuditType } from '../../core/access/audit-type.ts';
import { AccessError } from '../../core/access/errors.ts';
import { newId } from '../../core/access/ids.ts';
import { isAtLeast, mayHandOut, type Role } from '../../core/access/role.ts';
import { subjectFact, personOf, type PersonRow } from '../db/person-row.ts';
import type { AuditPerson, RunUnitOfWork, UnitOfWork } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';

export interface NewPerson {
  readonly id?: string;
  readonly sub?: string | null;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly groups?: readonly string[];
}

export interface PersonChange {
  readonly name?: string | undefined;
  readonly role?: Role | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly disabled?: boolean | undefined;
}

/** @param actor null: Hallpass itself, at its first start */
export async function addPerson(
  run: RunUnitOfWork,
  actor: CurrentPerson | null,
  person: NewPerson,
): Promise<PersonRow> {
  if (actor !== null) assertMayGiveRole(actor, person.role);
  const { result } = await run(async (unit) => {
    const taken = await unit.trx('people').whereRaw('lower(email) = lower(?)', [person.email]).first();
    if (taken !== undefined) {
      throw new AccessError('already-exists', 'There is a person with this address already.', { field: 'email' });
    }
    const [row] = (await unit
      .trx('people')
      .insert({
        id: person.id ?? newId('person'),
        sub: person.sub ?? null,
        email: person.email,
        name: person.name,
        role: person.role,
        groups: JSON.stringify(person.groups ?? []),
      })
      .returning('*')) as PersonRow[];
    record(unit, 'person.added', actor, row as PersonRow, `${person.name} was added as ${person.role}.`, {
      role: person.role,
    });
    return row as PersonRow;
  });
  return result;
}

/** Ends all console sessions of a person, in the transaction given. */
export type EndSessions = (trx: UnitOfWork['trx'], personId: string, nowMs: number) => Promise<unknown>;

/** Ends what a person has been given and has asked for; the features that keep it do the work. */
export interface EndOfAccess {
  /** Before the person is locked: whoever decides a request locks grants, then requests, then people. */
  readonly lock: (unit: UnitOfWork, personId: string) => Promise<void>;
  /** @returns whether there is more than one transaction may change */
  readonly end: (unit: UnitOfWork, personId: string, actor: AuditPerson, note: string) => Promise<boolean>;
}

/**
 * Who is disabled loses everything they had been given and asked for, at once. Being enabled again brings none of it
 * back, nor anything that was never ended because it is older than this rule.
 * @param endSessions called for one who is disabled: being enabled again must not bring old sessions back
 * @throws AccessError `not-found`, `one-owner`, `not-allowed`, `beyond-reviewer-role`
 */
export async function changePerson(
  run: RunUnitOfWork,
  actor: CurrentPerson,
  id: string,
  change: PersonChange,
  endSessions: EndSessions,
  access: EndOfAccess,
): Promise<PersonRow> {
  if (change.disabled === false) await endRest(run, actor, id, access);
  const { result } = await run(async (unit) => {
    if (change.disabled === true) await access.lock(unit, id);
    const before: PersonRow | undefined = await unit.trx('people').where({ id }).forUpdate().first();
    if (before === undefined) throw new AccessError('not-found', 'There is no such person.');
    assertMayChange(actor, before, change);
    const columns = changedColumns(before, change, unit.nowMs);
    // Nothing that differs: no entry in the audit for what did not happen.
    if (Object.keys(columns).length === 0) return before;
    const [after] = (await unit.trx('people').where({ id }).update(columns).returning('*')) as PersonRow[];
    if (change.disabled === true) {
      await endSessions(unit.trx, id, unit.nowMs);
      await access.end(unit, id, personOf(actor), DISABLED_NOTE);
    }
    record(unit, 'person.changed', actor, after as PersonRow, summaryOf(before, after as PersonRow), {
      before: describe(before),
      after: describe(after as PersonRow),
    });
    return after as PersonRow;
  });
  if (change.disabled === true) await endRest(run, actor, id, access);
  return result;
}

const DISABLED_NOTE = 'The account was disabled.';

/** Ends what one transaction could not take; nothing of it counts any more, for the person is disabled. */
async function endRest(run: RunUnitOfWork, actor: CurrentPerson, id: string, access: EndOfAccess): Promise<void> {
  for (;;) {
    const { result: hasMore } = await run(async (unit) => {
      await access.lock(unit, id);
      const person: PersonRow | undefined = await unit.trx('people').where({ id }).forUpdate().first();
      if (person === undefined || person.disabled_at === null) return false;
      return access.end(unit, id, personOf(actor), DISABLED_NOTE);
    });
    if (!hasMore) return;
  }
}

/** Only what differs: disabling somebody twice must not move the day they were disabled. */
function changedColumns(before: PersonRow, change: PersonChange, nowMs: number): Record<string, unknown> {
  const columns: Record<string, unknown> = {};
  if (change.name !== undefined && change.name !== before.name) columns['name'] = change.name;
  if (change.role !== undefined && change.role !== before.role) columns['role'] = change.role;
  if (change.groups !== undefined && change.groups.join('\n') !== before.groups.join('\n')) {
    columns['groups'] = JSON.stringify(change.groups);
  }
  if (change.disabled !== undefined && change.disabled !== (before.disabled_at !== null)) {
    columns['disabled_at'] = change.disabled ? new Date(nowMs) : null;
  }
  return columns;
}

function describe(row: PersonRow): Record<string, unknown> {
  return { name: row.name, role: row.role, groups: row.groups, disabled: row.disabled_at !== null };
}

function summaryOf(before: PersonRow, after: PersonRow): string {
  if (before.disabled_at === null && after.disabled_at !== null) return `${after.name} was disabled.`;
  if (before.disabled_at !== null && after.disabled_at === null) return `${after.name} was enabled again.`;
  if (before.role !== after.role) return `${after.name} is ${after.role} now, was ${before.role}.`;
  return before.name === after.name
    ? `The groups of ${after.name} were changed.`
    : `${before.name} is called ${after.name} now.`;
}

/** Ties a person to the subject name of the identity provider, once. */
export async function linkSub(run: RunUnitOfWork, personId: string, sub: string): Promise<void> {
  await run(async (unit) => {
    const [row] = (await unit
      .trx('people')
      .where({ id: personId })
      .whereNull('sub')
      .update({ sub })
      .returning('*')) as PersonRow[];
    if (row === undefined) throw new AccessError('conflict', 'This person is tied to another sign-in already.');
    record(
      unit,
      'person.linked',
      null,
      row,
      `${row.name} signed in with the identity provider for the first time.`,
      {},
    );
  });
}

function assertMayGiveRole(actor: CurrentPerson, role: Role): void {
  if (role === 'owner') {
    throw new AccessError('one-owner', 'There is exactly one Owner; ownership is not handed out.', { field: 'role' });
  }
  if (!mayHandOut(actor.role, role)) {
    throw new AccessError('beyond-reviewer-role', `Your role ${actor.role} can't give the role ${role}.`, {
      field: 'role',
    });
  }
}

function assertMayChange(actor: CurrentPerson, person: PersonRow, change: PersonChange): void {
  if (change.role !== undefined && change.role !== person.role) {
    if (person.role === 'owner') {
      throw new AccessError('one-owner', 'The Owner keeps the role until it is transferred.', { field: 'role' });
    }
    assertMayGiveRole(actor, change.role);
  }
  if (person.id === actor.id && (change.disabled === true || change.role !== undefined)) {
    throw new AccessError('not-allowed', 'Nobody changes their own role or disables themselves.', { field: 'role' });
  }
  if (!isAtLeast(actor.role, person.role)) {
    throw new AccessError('not-allowed', `Your role ${actor.role} can't change a person of role ${person.role}.`);
  }
}

function record(
  unit: UnitOfWork,
  type: AuditType,
  actor: CurrentPerson | null,
  row: PersonRow,
  summary: string,
  details: Record<string, unknown>,
): void {
  unit.audit({ type, actor: actor === null ? null : personOf(actor), subject: personOf(row), summary, details });
  unit.publish(subjectFact(row));
}
