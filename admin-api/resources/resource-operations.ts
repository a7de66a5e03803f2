import { z } from 'zod';
import { AccessError } from '../../core/access/errors.ts';
import {
  resourceKey,
  resourceRefSchema,
  resourceSchema,
  resourceTypeSchema,
  type Resource,
} from '../../core/access/resource.ts';
import type { Knex } from '../db/knex.ts';
import type { EndGrantsFor, RunUnitOfWork } from '../db/unit-of-work.ts';
import type { Clock } from '../../core/process/clock.ts';
import { operation, type Operation } from '../http/operation.ts';
import { decodeCursor, pageQuery, toPage } from '../http/pagination.ts';
import { heldResources, listVisibleResources } from './list-visible-resources.ts';
import { deleteResource, findResource, putResource } from './resource-store.ts';
import { visibleTo } from './visible-resource.ts';

const visibleSchema = resourceSchema.partial().required({ type: true, id: true, name: true });
const refParams = z.object({ type: resourceTypeSchema, id: resourceRefSchema.shape.id });
const listQuery = z.strictObject({
  search: z.string().max(200).optional(),
  type: resourceTypeSchema.optional(),
  ...pageQuery,
});

export function resourceOperations(
  knex: Knex,
  run: RunUnitOfWork,
  clock: Clock,
  endGrantsFor: EndGrantsFor,
): Operation[] {
  return [
    operation({
      method: 'get',
      path: '/v1/resources',
      tag: 'resources',
      summary: 'List the resources the caller may know of',
      query: listQuery,
      responses: {
        200: {
          description: 'Resources',
          schema: z.object({ items: z.array(visibleSchema), next_cursor: z.string().nullable() }),
        },
      },
      async run({ query, caller }) {
        const after = decodeCursor(query.cursor, z.tuple([z.string(), z.string()]));
        const held = await heldResources(knex, caller.id, clock());
        const rows = await listVisibleResources(knex, caller, held, query, { after, limit: query.limit });
        const present = (row: Resource) => visibleTo(row, caller, held.has(resourceKey(row)));
        return { status: 200, body: toPage(rows, query.limit, present, (row) => [row.type, row.id]) };
      },
    }),
    operation({
      method: 'get',
      path: '/v1/resources/{type}/{id}',
      tag: 'resources',
      summary: 'Read one resource',
      params: refParams,
      responses: { 200: { description: 'The resource', schema: visibleSchema } },
      async run({ params, caller }) {
        const resource = await findResource(knex, params);
        const held = await heldResources(knex, caller.id, clock());
        const visible = resource === null ? null : visibleTo(resource, caller, held.has(resourceKey(resource)));
        if (visible === null) throw new AccessError('not-found', `There is no ${resourceKey(params)}.`);
        return { status: 200, body: visible };
      },
    }),
    operation({
      method: 'put',
      path: '/v1/resources/{type}/{id}',
      tag: 'resources',
      summary: 'Create or replace a resource',
      minimumRole: 'admin',
      params: refParams,
      body: resourceSchema.omit({ type: true, id: true }),
      responses: {
        200: { description: 'Replaced', schema: resourceSchema },
        201: { description: 'Created', schema: resourceSchema },
      },
      async run({ params, body, caller }) {
        const resource: Resource = { ...params, ...body };
        const outcome = await putResource(run, caller, resource);
        return { status: outcome === 'created' ? 201 : 200, body: resource };
      },
    }),
    operation({
      method: 'delete',
      path: '/v1/resources/{type}/{id}',
      tag: 'resources',
      summary: 'Delete a resource; access to it ends at once',
      minimumRole: 'admin',
      params: refParams,
      responses: { 204: { description: 'Deleted' } },
      async run({ params, caller }) {
        await deleteResource(run, endGrantsFor, caller, params);
        return { status: 204 };
      },
    }),
  ];
}
