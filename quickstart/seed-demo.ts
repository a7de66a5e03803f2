import { appendAuditEntries } from '../admin-api/audit/append-audit-entries.ts';
import type { Knex } from '../admin-api/db/knex.ts';
import { personOf, type PersonRow } from '../admin-api/db/person-row.ts';
import { createUnitOfWork, type RunUnitOfWork } from '../admin-api/db/unit-of-work.ts';
import { appendFeedChange } from '../admin-api/feed/append-feed-change.ts';
import { recordGrant } from '../admin-api/grants/record-grant.ts';
import { writeOutboxEvents } from '../admin-api/outbox/write-outbox-events.ts';
import { addPerson } from '../admin-api/people/change-person.ts';
import { createPersonDirectory } from '../admin-api/people/person-directory.ts';
import { findResource, putResource } from '../admin-api/resources/resource-store.ts';
import { findScope, putScope } from '../admin-api/scopes/scope-store.ts';
import type { Clock } from '../core/process/clock.ts';
import { DEMO_ASSIGNMENTS, DEMO_PEOPLE, DEMO_RESOURCES, DEMO_SCOPES } from './demo-people.ts';

/**
 * Puts the demo people, resources and Scopes into a database that has none, through the same functions as the API, so
 * that the audit and the feed know of them. The Owner comes last: where there is one, it was all done, whatever an
 * Admin has changed since; where a start was killed in between, the next one goes on.
 * @returns whether anything was added
 */
export async function seedDemo(knex: Knex, clock: Clock): Promise<boolean> {
  if ((await knex('people').where({ role: 'owner' }).first()) !== undefined) return false;
  const run = createUnitOfWork({
    knex,
    clock,
    recorders: { audit: appendAuditEntries, outbox: writeOutboxEvents, feed: appendFeedChange },
    // Nobody is running yet who could be woken.
    onCommit: () => {},
  });
  for (const resource of DEMO_RESOURCES) {
    if ((await findResource(knex, resource)) === null) await putResource(run, null, resource);
  }
  for (const scope of DEMO_SCOPES) {
    if ((await findScope(knex, scope.id)) === null) await putScope(run, null, scope);
  }
  const directory = createPersonDirectory(knex);
  for (const person of DEMO_PEOPLE.filter(({ role }) => role !== 'owner')) {
    if ((await directory.findByEmail(person.email)) === null) await addPerson(run, null, person);
  }
  for (const { email, scope_id } of DEMO_ASSIGNMENTS) {
    const member = await directory.findByEmail(email);
    if (member !== null) await assign(knex, run, member, scope_id);
  }
  for (const person of DEMO_PEOPLE.filter(({ role }) => role === 'owner')) await addPerson(run, null, person);
  return true;
}

async function assign(knex: Knex, run: RunUnitOfWork, member: PersonRow, scopeId: string): Promise<void> {
  const found: unknown = await knex('grants').where({ subject_id: member.id, scope_id: scopeId }).first();
  if (found !== undefined) return;
  await run((unit) =>
    recordGrant(unit, {
      subject: personOf(member),
      entitlement: { kind: 'scope', scope_id: scopeId },
      duration_seconds: null,
      request_id: null,
      evaluation_id: null,
      origin: 'assignment',
      given_by: null,
      note: null,
    }),
  );
}
