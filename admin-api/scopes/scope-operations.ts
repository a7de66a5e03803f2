import { z } from 'zod';
import { slug } from '../../core/access/ids.ts';
import { resourceKey, type ResourceRef } from '../../core/access/resource.ts';
import { isAtLeast } from '../../core/access/role.ts';
import { scopeRuleSchema, scopeSchema, type Scope } from '../../core/access/scope.ts';
import type { Knex } from '../db/knex.ts';
import type { EndGrantsFor, RunUnitOfWork } from '../db/unit-of-work.ts';
import { operation, type Operation } from '../http/operation.ts';
import { decodeCursor, pageQuery, toPage } from '../http/pagination.ts';
import { deleteScope, putScope } from './scope-store.ts';

const idParams = z.object({ id: slug });
/** As people see them: of a Scope of hidden resources only, no rule may be left. */
const scopeView = scopeSchema.extend({ rules: z.array(scopeRuleSchema) });

/** A rule that names a hidden resource would tell of it. */
function withoutHidden(scope: Scope, hidden: readonly string[]): Scope {
  return { ...scope, rules: scope.rules.filter((rule) => !hidden.includes(`${rule.level}:${rule.id}`)) };
}

export function scopeOperations(knex: Knex, run: RunUnitOfWork, endGrantsFor: EndGrantsFor): Operation[] {
  return [
    operation({
      method: 'get',
      path: '/v1/scopes',
      tag: 'scopes',
      summary: 'List Scopes',
      query: z.strictObject({ ...pageQuery }),
      responses: {
        200: {
          description: 'Scopes',
          schema: z.object({ items: z.array(scopeView), next_cursor: z.string().nullable() }),
        },
      },
      async run({ query, caller }) {
        const after = decodeCursor(query.cursor, z.tuple([z.string()]));
        const rows: Scope[] = await knex('scopes')
          .modify((q) => (after === null ? q : q.where('id', '>', after[0])))
          .orderBy('id')
          .limit(query.limit + 1);
        const hiddenRefs: ResourceRef[] = await knex('resources').where({ discoverable: 'none' }).select('type', 'id');
        const hidden = hiddenRefs.map(resourceKey);
        return {
          status: 200,
          body: toPage(
            rows,
            query.limit,
            (row) => (isAtLeast(caller.role, 'admin') ? row : withoutHidden(row, hidden)),
            (row) => [row.id],
          ),
        };
      },
    }),
    operation({
      method: 'put',
      path: '/v1/scopes/{id}',
      tag: 'scopes',
      summary: 'Create or replace a Scope',
      minimumRole: 'admin',
      params: idParams,
      body: scopeSchema.omit({ id: true }),
      responses: {
        200: { description: 'Replaced', schema: scopeSchema },
        201: { description: 'Created', schema: scopeSchema },
      },
      async run({ params, body, caller }) {
        const scope: Scope = { ...params, ...body };
        const outcome = await putScope(run, caller, scope);
        return { status: outcome === 'created' ? 201 : 200, body: scope };
      },
    }),
    operation({
      method: 'delete',
      path: '/v1/scopes/{id}',
      tag: 'scopes',
      summary: 'Delete a Scope; access through it ends at once',
      minimumRole: 'admin',
      params: idParams,
      responses: { 204: { description: 'Deleted' } },
      async run({ params, caller }) {
        await deleteScope(run, endGrantsFor, caller, params.id);
        return { status: 204 };
      },
    }),
  ];
}
