import { z } from 'zod';
import { AccessError } from '../../core/access/errors.ts';
import { opaqueId } from '../../core/access/ids.ts';
import { roleSchema } from '../../core/access/role.ts';
import type { Knex } from '../db/knex.ts';
import type { PersonRow } from '../db/person-row.ts';
import type { RunUnitOfWork } from '../db/unit-of-work.ts';
import { likePattern } from '../http/like-pattern.ts';
import { operation, type Operation } from '../http/operation.ts';
import { decodeCursor, pageQuery, toPage } from '../http/pagination.ts';
import { requiredText } from '../http/text.ts';
import { addPerson, changePerson, type EndOfAccess, type EndSessions } from './change-person.ts';

const groups = z.array(z.string().min(1).max(200)).max(500);

export const personSchema = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role: roleSchema,
  groups,
  disabled: z.boolean(),
});

function present(row: PersonRow): z.output<typeof personSchema> {
  const { id, email, name, role } = row;
  return { id, email, name, role, groups: row.groups, disabled: row.disabled_at !== null };
}

export function peopleOperations(
  knex: Knex,
  run: RunUnitOfWork,
  endSessions: EndSessions,
  access: EndOfAccess,
): Operation[] {
  return [
    operation({
      method: 'get',
      path: '/v1/people',
      tag: 'people',
      summary: 'List people, by address',
      minimumRole: 'admin',
      query: z.strictObject({ search: z.string().max(200).optional(), ...pageQuery }),
      responses: {
        200: {
          description: 'People',
          schema: z.object({ items: z.array(personSchema), next_cursor: z.string().nullable() }),
        },
      },
      async run({ query }) {
        const after = decodeCursor(query.cursor, z.tuple([z.string()]));
        const rows: PersonRow[] = await knex('people')
          .modify((q) => {
            if (after !== null) void q.whereRaw('lower(email) > ?', [after[0]]);
            if (query.search !== undefined) {
              const pattern = likePattern(query.search);
              void q.where((either) => void either.whereILike('email', pattern).orWhereILike('name', pattern));
            }
          })
          .orderByRaw('lower(email)')
          .limit(query.limit + 1);
        return { status: 200, body: toPage(rows, query.limit, present, (row) => [row.email.toLowerCase()]) };
      },
    }),
    operation({
      method: 'get',
      path: '/v1/people/{id}',
      tag: 'people',
      summary: 'Read one person',
      minimumRole: 'admin',
      params: z.object({ id: opaqueId }),
      responses: { 200: { description: 'The person', schema: personSchema } },
      async run({ params }) {
        const row: PersonRow | undefined = await knex('people').where({ id: params.id }).first();
        if (row === undefined) throw new AccessError('not-found', 'There is no such person.');
        return { status: 200, body: present(row) };
      },
    }),
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
        groups: groups.default([]),
      }),
      responses: { 201: { description: 'Added', schema: personSchema } },
      async run({ body, caller }) {
        return { status: 201, body: present(await addPerson(run, caller, body)) };
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
        groups: groups.optional(),
        disabled: z.boolean().optional(),
      }),
      responses: { 200: { description: 'Changed', schema: personSchema } },
      async run({ params, body, caller }) {
        return { status: 200, body: present(await changePerson(run, caller, params.id, body, endSessions, access)) };
      },
    }),
  ];
}
