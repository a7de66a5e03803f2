import { z } from 'zod';
import type { Knex } from '../db/knex.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import { decodeCursor, toPage, type Page } from '../http/pagination.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';
import type { AccessRequestRow } from './access-request-row.ts';
import { prepareFilter, type RequestFilter } from './request-filter.ts';

export const REQUEST_SORTS = ['submitted', 'pending_until', 'requester'] as const;
export type RequestSort = (typeof REQUEST_SORTS)[number];

export type SortedRow = AccessRequestRow & { readonly sort_name?: string };

interface Order {
  /** What rows are ordered by; the last one is unique, so that no row is on two pages. */
  readonly columns: readonly string[];
  readonly defaultDirection: 'asc' | 'desc';
  readonly keyOf: (row: SortedRow) => readonly string[];
}

const ORDERS: Record<RequestSort, Order> = {
  submitted: {
    columns: ['r.submitted_at', 'r.id'],
    defaultDirection: 'desc',
    keyOf: (row) => [row.submitted_at.toISOString(), row.id],
  },
  pending_until: {
    columns: ['r.pending_until', 'r.id'],
    defaultDirection: 'asc',
    keyOf: (row) => [row.pending_until.toISOString(), row.id],
  },
  requester: {
    columns: ['lower(p.name)', 'p.id', 'r.id'],
    defaultDirection: 'asc',
    keyOf: (row) => [row.sort_name ?? '', row.requester_id, row.id],
  },
};

/**
 * One page of what the caller may see.
 * @throws HttpProblem `invalid-request` for a cursor of another order
 */
export async function listAccessRequests(
  ports: Pick<AccessRequestPorts, 'knex' | 'clock' | 'ownedBy'>,
  filter: RequestFilter,
  page: {
    readonly sort: RequestSort;
    readonly order: 'asc' | 'desc' | undefined;
    readonly cursor: string | undefined;
    readonly limit: number;
  },
  caller: CurrentPerson,
): Promise<Page<SortedRow>> {
  const { columns, defaultDirection, keyOf } = ORDERS[page.sort];
  const direction = page.order ?? defaultDirection;
  const name = `${page.sort} ${direction}`;
  const cursor = z.tuple([z.literal(name), ...keySchema(page.sort)]);
  const after = decodeCursor(page.cursor, cursor);
  const narrow = await prepareFilter(ports, filter, caller);
  const query: Knex.QueryBuilder = ports.knex({ r: 'access_requests' }).select('r.*').modify(narrow);
  if (page.sort === 'requester') {
    void query.join({ p: 'people' }, 'p.id', 'r.requester_id').select(ports.knex.raw('lower(p.name) AS sort_name'));
  }
  if (after !== null) whereAfter(query, columns, direction, after.slice(1) as string[]);
  const rows = (await query
    .orderByRaw(columns.map((column) => `${column} ${direction}`).join(', '))
    .limit(page.limit + 1)) as SortedRow[];
  return toPage(
    rows,
    page.limit,
    (row) => row,
    (row) => [name, ...keyOf(row)],
  );
}

function keySchema(sort: RequestSort): [z.ZodString | z.ZodISODateTime, ...z.ZodString[]] {
  const id = z.string().max(300);
  return sort === 'requester' ? [id, id, id] : [z.iso.datetime(), id];
}

function whereAfter(
  query: Knex.QueryBuilder,
  columns: readonly string[],
  direction: 'asc' | 'desc',
  key: readonly string[],
): void {
  const sign = direction === 'asc' ? '>' : '<';
  void query.whereRaw(`(${columns.join(', ')}) ${sign} (${key.map(() => '?').join(', ')})`, [...key]);
}
