import { z } from 'zod';
import { opaqueId } from '../../core/access/ids.ts';
import { roleSchema } from '../../core/access/role.ts';
import type { Knex } from '../db/knex.ts';
import type { RunUnitOfWork } from '../db/unit-of-work.ts';
import { operation, type Operation } from '../http/operation.ts';
import { requiredText } from '../http/text.ts';
import { addPerson, changePerson, type EndOfAccess, type EndSessions } from './change-person.ts';
import { groupsSchema, personSchema, presentPerson } from './person-view.ts';
import { readPeopleOperations } from './read-people-operations.ts';

export function peopleOperations(
  knex: Knex,
  run: RunUnitOfWork,
  endSessions: EndSessions,
  access: EndOfAccess,
): Operation[] {
  return [
    ...readPeopleOperations(knex),
    operation({
      method: 'post',
      path: '/v1/people',
      tag: 'people',
      summary: 'Add a person',
      minimumRole: 'admin',
      body: z.strictObject({
        email: z.email().max(254),
        name: requiredText(200),
        role: roleSchema,
        groups: groupsSchema.default([]),
      }),
      responses: { 201: { description: 'Added', schema: personSchema } },
      async run({ body, caller }) {
        return { status: 201, body: presentPerson(await addPerson(run, caller, body)) };
      },
    }),
    operation({
      method: 'patch',
      path: '/v1/people/{id}',
      tag: 'people',
      summary: "Change a person's name, role or groups, or disable them (which ends all their access at once)",
      minimumRole: 'admin',
      params: z.object({ id: opaqueId }),
      body: z.strictObject({
        name: requiredText(200).optional(),
        role: roleSchema.optional(),
        groups: groupsSchema.optional(),
        disabled: z.boolean().optional(),
      }),
      responses: { 200: { description: 'Changed', schema: personSchema } },
      async run({ params, body, caller }) {
        return {
          status: 200,
          body: presentPerson(await changePerson(run, caller, params.id, body, endSessions, access)),
        };
      },
    }),
  ];
}
