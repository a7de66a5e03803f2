import { z } from 'zod';
import { AccessError } from '../../core/access/errors.ts';
import { slug } from '../../core/access/ids.ts';
import { resourceKey, type ResourceRef } from '../../core/access/resource.ts';
import { isAtLeast } from '../../core/access/role.ts';
import { ownedScopeSchema, scopeRuleSchema, type OwnedScope } from '../../core/access/scope.ts';
import type { Knex } from '../db/knex.ts';
import type { EndGrantsFor, RunUnitOfWork } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import { operation, type Operation } from '../http/operation.ts';
import { decodeCursor, pageQuery, toPage } from '../http/pagination.ts';
import { deleteScope, findOwnedScope, putScope } from './scope-store.ts';

const idParams = z.object({ id: slug });
/** As people see them: of a Scope of hidden resources only, no rule may be left. */
const scopeView = ownedScopeSchema.extend({ rules: z.array(scopeRuleSchema) });

/** As the caller may see them: to who is no Admin, a rule that names a hidden resource would tell of it. */
async function withoutHidden(
  knex: Knex,
  caller: CurrentPerson,
  scopes: readonly OwnedScope[],
): Promise<readonly OwnedScope[]> {
  if (isAtLeast(caller.role, 'admin')) return scopes;
  const refs: ResourceRef[] = await knex('resources').where({ discoverable: 'none' }).select('type', 'id');
  const hidden = new Set<string>(refs.map(resourceKey));
  return scopes.map((scope) => ({
    ...scope,
    rules: scope.rules.filter((rule) => !hidden.has(`${rule.level}:${rule.id}`)),
  }));
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
        const rows: OwnedScope[] = await knex('scopes')
          .modify((q) => (after === null ? q : q.where('id', '>', after[0])))
          .orderBy('id')
          .limit(query.limit + 1);
        const seen = await withoutHidden(knex, caller, rows);
        return {
          status: 200,
          body: toPage(
            seen,
            query.limit,
            (row) => row,
            (row) => [row.id],
          ),
        };
      },
    }),
    operation({
      method: 'get',
      path: '/v1/scopes/{id}',
      tag: 'scopes',
      summary: 'Read one Scope',
      params: idParams,
      responses: { 200: { description: 'The Scope', schema: scopeView } },
      async run({ params, caller }) {
        const scope = await findOwnedScope(knex, params.id);
        if (scope === null) throw new AccessError('not-found', `There is no Scope ${params.id}.`);
        const [seen] = await withoutHidden(knex, caller, [scope]);
        return { status: 200, body: seen };
      },
    }),
    operation({
      method: 'put',
      path: '/v1/scopes/{id}',
      tag: 'scopes',
      summary: 'Create or replace a Scope',
      minimumRole: 'admin',
      params: idParams,
      body: ownedScopeSchema.omit({ id: true }),
      responses: {
        200: { description: 'Replaced', schema: ownedScopeSchema },
        201: { description: 'Created', schema: ownedScopeSchema },
      },
      async run({ params, body, caller }) {
        const scope: OwnedScope = { ...params, ...body };
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
