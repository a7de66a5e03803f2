import { z } from 'zod';
import { REQUEST_STATUSES, type RequestStatus } from '../../core/access/access-request.ts';
import { opaqueId } from '../../core/access/ids.ts';
import { parseResourceKey, type ResourceRef } from '../../core/access/resource.ts';
import { isAtLeast } from '../../core/access/role.ts';
import type { Knex } from '../db/knex.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import { likePattern } from '../http/like-pattern.ts';
import { text } from '../http/text.ts';
import { whoseRecords } from '../http/whose-records.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';

const isStatus = (value: string): value is RequestStatus => (REQUEST_STATUSES as readonly string[]).includes(value);

/** What the list and the count of requests can be narrowed by. */
export const requestFilterShape = {
  status: z
    .string()
    .max(100)
    .refine((value) => value.split(',').every(isStatus), `must be one or more of ${REQUEST_STATUSES.join(', ')}`)
    .optional()
    .describe('one or more, separated by commas'),
  requester: opaqueId.optional().describe('a person id, or me'),
  resource: z
    .string()
    .max(120)
    .refine((value) => parseResourceKey(value) !== null, 'must name a resource like connection:aws-production')
    .optional(),
  kind: z.enum(['resource', 'scope', 'role']).optional(),
  q: text(200).optional().describe('part of a reason, of a name or address of the requester, of what is asked for'),
  awaiting: z.enum(['me']).optional().describe('what the caller can act on now'),
  break_glass: z.enum(['open']).optional().describe('emergencies that still have to be reviewed'),
  bundle: opaqueId.optional(),
};
const requestFilter = z.object(requestFilterShape);
export type RequestFilter = z.output<typeof requestFilter>;

/** What has to be read before the query can be written. */
interface FilterFacts {
  readonly requester: string | undefined;
  /** Words of `awaited` that mean the caller; null: not filtered by them. */
  readonly awaited: readonly string[] | null;
  readonly found: { readonly people: string[]; readonly resources: ResourceRef[]; readonly scopes: string[] } | null;
}

/**
 * What narrows a query over access_requests (called `r`) to what the caller asked for and may see. Not the query itself:
 * that would be run by whoever waits for it.
 * @throws HttpProblem `role-too-low` for somebody else's requests
 */
export async function prepareFilter(
  ports: Pick<AccessRequestPorts, 'knex' | 'clock' | 'ownedBy'>,
  filter: RequestFilter,
  caller: CurrentPerson,
): Promise<(query: Knex.QueryBuilder) => void> {
  const { knex } = ports;
  const facts: FilterFacts = {
    requester: whoseRecords(filter.requester, caller),
    awaited: filter.awaiting === undefined ? null : await wordsFor(ports, caller),
    found: filter.q === undefined || filter.q === '' ? null : await findNamed(knex, filter.q),
  };
  return (query) => narrow(query, filter, facts, caller, new Date(ports.clock()));
}

function narrow(
  query: Knex.QueryBuilder,
  filter: RequestFilter,
  { requester, awaited, found }: FilterFacts,
  caller: CurrentPerson,
  now: Date,
): void {
  if (requester !== undefined) void query.where('r.requester_id', requester);
  if (filter.status !== undefined) whereStatus(query, filter.status.split(',').filter(isStatus), now);
  if (filter.kind !== undefined) void query.where('r.kind', filter.kind);
  const resource = filter.resource === undefined ? null : parseResourceKey(filter.resource);
  if (resource !== null) {
    void query.where({ 'r.kind': 'resource', 'r.resource_type': resource.type, 'r.resource_id': resource.id });
  }
  if (filter.bundle !== undefined) void query.where('r.bundle_id', filter.bundle);
  if (filter.break_glass !== undefined) void query.whereRaw('r.break_glass AND r.break_glass_closed_at IS NULL');
  if (awaited !== null) {
    void query
      .where('r.status', 'pending')
      .where('r.pending_until', '>', now)
      .whereNot('r.requester_id', caller.id)
      .whereRaw('r.awaited && ?::text[]', [[...awaited]])
      .whereRaw('NOT EXISTS (SELECT 1 FROM reviews v WHERE v.request_id = r.id AND v.reviewer_id = ?)', [caller.id]);
  }
  if (found !== null) {
    const pattern = likePattern(filter.q ?? '');
    void query.where((either) => {
      void either.whereILike('r.reason', pattern).orWhereILike('r.resource_id', pattern);
      void either.orWhereILike('r.scope_id', pattern);
      if (found.people.length > 0) void either.orWhereRaw('r.requester_id = ANY(?)', [found.people]);
      if (found.scopes.length > 0) void either.orWhereRaw('r.scope_id = ANY(?)', [found.scopes]);
      if (found.resources.length > 0) {
        const pairs = found.resources.map(() => '(?, ?)').join(', ');
        const keys = found.resources.flatMap(({ type, id }) => [type, id]);
        void either.orWhereRaw(`(r.kind = 'resource' AND (r.resource_type, r.resource_id) IN (${pairs}))`, keys);
      }
    });
  }
}

/** By the status people see: an undecided request is over when its time is, recorded or not. */
function whereStatus(query: Knex.QueryBuilder, statuses: readonly RequestStatus[], now: Date): void {
  const isPending = statuses.includes('pending');
  const isExpired = statuses.includes('expired');
  void query.whereIn('r.status', [...statuses, ...(isExpired ? ['pending'] : [])]);
  if (isPending && !isExpired) {
    void query.where((either) => void either.whereNot('r.status', 'pending').orWhere('r.pending_until', '>', now));
  }
  if (isExpired && !isPending) {
    void query.where((either) => void either.whereNot('r.status', 'pending').orWhere('r.pending_until', '<=', now));
  }
}

/** How `reviewer_keys` of migration 0012 spells the caller; nothing for who is no Admin (R19). */
async function wordsFor(ports: Pick<AccessRequestPorts, 'knex' | 'ownedBy'>, caller: CurrentPerson): Promise<string[]> {
  if (!isAtLeast(caller.role, 'admin')) return [];
  const owned = await ports.ownedBy(ports.knex, caller.id);
  return [`role:${caller.role}`, `person:${caller.id}`, ...owned.map((key) => `owners:${key}`)];
}

/** A statement takes 65,535 parameters; a word that is in more names than this is not one to find somebody by. */
const MOST_NAMED = 5_000;

async function findNamed(knex: Knex, q: string): Promise<NonNullable<FilterFacts['found']>> {
  const pattern = likePattern(q);
  const [people, resources, scopes] = await Promise.all([
    knex('people').whereILike('name', pattern).orWhereILike('email', pattern).limit(MOST_NAMED).pluck('id') as Promise<
      string[]
    >,
    knex('resources').whereILike('name', pattern).limit(MOST_NAMED).select('type', 'id') as Promise<ResourceRef[]>,
    knex('scopes').whereILike('name', pattern).limit(MOST_NAMED).pluck('id') as Promise<string[]>,
  ]);
  return { people, resources, scopes };
}
