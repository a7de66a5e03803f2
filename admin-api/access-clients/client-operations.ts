import { z } from 'zod';
import { opaqueId } from '../../core/access/ids.ts';
import { resourcePatternSchema } from '../../core/feed/resource-pattern.ts';
import type { Knex } from '../db/knex.ts';
import { operation, type Operation } from '../http/operation.ts';
import { decodeCursor, pageQuery, timeCursor, toPage } from '../http/pagination.ts';
import { requiredText } from '../http/text.ts';
import { addClient, removeClient, type AccessClientRow, type ClientStore } from './client-store.ts';

const MAX_LIST = 20;

const clientView = z.object({
  id: z.string(),
  name: z.string(),
  resources: z.array(z.string()),
  callback_urls: z.array(z.string()),
  created_at: z.iso.datetime(),
});
const withSecrets = clientView.extend({
  token: z.string().describe('to send as a bearer token; shown here and never again'),
  callback_secret: z.string().nullable().describe('what calls back are signed with; shown here and never again'),
});
const COMMON = { tag: 'access clients', minimumRole: 'admin' } as const;

function present({ id, name, resources, callback_urls, created_at }: AccessClientRow): z.output<typeof clientView> {
  return {
    id,
    name,
    resources: [...resources],
    callback_urls: [...callback_urls],
    created_at: created_at.toISOString(),
  };
}

/**
 * Programs that submit access requests on behalf of people (docs/arap.md); an Admin's business.
 * @param assertAddress throws AccessError `invalid-value` for what may never be called
 */
export function clientOperations(knex: Knex, store: ClientStore, assertAddress: (url: string) => void): Operation[] {
  return [
    operation({
      ...COMMON,
      method: 'get',
      path: '/v1/access-clients',
      summary: 'List programs that may ask for access on behalf of people, newest first',
      query: z.strictObject({ ...pageQuery }),
      responses: {
        200: {
          description: 'Programs',
          schema: z.object({ items: z.array(clientView), next_cursor: z.string().nullable() }),
        },
      },
      async run({ query }) {
        const after = decodeCursor(query.cursor, timeCursor);
        const rows: AccessClientRow[] = await knex('access_clients')
          .modify((q) => (after === null ? q : q.whereRaw('(created_at, id) < (?, ?)', [...after])))
          .orderBy([
            { column: 'created_at', order: 'desc' },
            { column: 'id', order: 'desc' },
          ])
          .limit(query.limit + 1);
        return {
          status: 200,
          body: toPage(rows, query.limit, present, (row) => [row.created_at.toISOString(), row.id]),
        };
      },
    }),
    operation({
      ...COMMON,
      method: 'post',
      path: '/v1/access-clients',
      summary: 'Let a program ask for access on behalf of people; its secrets are in the answer, and only there',
      answersSecret: true,
      body: z.strictObject({
        name: requiredText(100),
        resources: z.array(resourcePatternSchema).min(1).max(MAX_LIST),
        callback_urls: z
          .array(z.url({ protocol: /^https?$/, error: 'must be an https:// URL' }).max(2000))
          .max(MAX_LIST)
          .default([]),
      }),
      responses: { 201: { description: 'Added', schema: withSecrets } },
      async run({ body, caller }) {
        for (const url of body.callback_urls) assertAddress(url);
        const { row, ...secrets } = await addClient(store, caller, body);
        return { status: 201, body: { ...present(row), ...secrets } };
      },
    }),
    operation({
      ...COMMON,
      method: 'delete',
      path: '/v1/access-clients/{id}',
      summary: 'Take the right to ask from a program',
      params: z.object({ id: opaqueId }),
      responses: { 204: { description: 'Removed' } },
      async run({ params, caller }) {
        await removeClient(store.run, caller, params.id);
        return { status: 204 };
      },
    }),
  ];
}
