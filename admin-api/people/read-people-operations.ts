import { z } from 'zod';
import { AccessError } from '../../core/access/errors.ts';
import { opaqueId } from '../../core/access/ids.ts';
import type { Knex } from '../db/knex.ts';
import type { PersonRow } from '../db/person-row.ts';
import { likePattern } from '../http/like-pattern.ts';
import { operation, type Operation } from '../http/operation.ts';
import { decodeCursor, pageQuery, toPage } from '../http/pagination.ts';
import { personSchema, presentPerson } from './person-view.ts';

export function readPeopleOperations(knex: Knex): Operation[] {
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
        return { status: 200, body: toPage(rows, query.limit, presentPerson, (row) => [row.email.toLowerCase()]) };
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
        return { status: 200, body: presentPerson(row) };
      },
    }),
  ];
}
