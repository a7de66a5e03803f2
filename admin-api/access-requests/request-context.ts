import { z } from 'zod';
import { REQUEST_STATUSES } from '../../core/access/access-request.ts';
import { AccessError } from '../../core/access/errors.ts';
import type { Resource } from '../../core/access/resource.ts';
import { isAtLeast, roleSchema } from '../../core/access/role.ts';
import type { GrantRow } from '../db/grant-row.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import { askedTerms, statusAt, type AccessRequestRow } from './access-request-row.ts';
import { entitlementView } from './access-request-view.ts';
import type { PresentPorts } from './present-access-requests.ts';
import { nameEntitlement, readNames } from './read-names.ts';

/** How many of the requester's earlier requests are shown; the list with `requester` shows all. */
const MOST_PAST = 20;
const MOST_GRANTS = 200;

export const requestContextSchema = z.object({
  requester: z.object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    role: roleSchema,
    groups: z.array(z.string()),
  }),
  active_grants: z.array(z.unknown()),
  past_requests: z.array(
    z.object({
      id: z.string(),
      status: z.enum(REQUEST_STATUSES),
      ...entitlementView,
      submitted_at: z.iso.datetime(),
      decided_at: z.iso.datetime().nullable(),
    }),
  ),
  covers: z.array(entitlementView.resource.unwrap()).describe('the resources that it would open, as asked'),
  denial: z
    .object({
      evaluation_id: z.string(),
      action: z.string().nullable(),
      at: z.iso.datetime().nullable().describe('null: no sidecar vouched for it'),
    })
    .nullable(),
});
export type RequestContext = z.output<typeof requestContextSchema>;

/** What stands around a request, for whoever decides it. */
export async function readContext(
  ports: PresentPorts,
  row: AccessRequestRow,
  viewer: CurrentPerson,
): Promise<RequestContext> {
  const { knex } = ports;
  const nowMs = ports.clock();
  const now = new Date(nowMs);
  const requester = await ports.findPerson(knex, row.requester_id, nowMs, false);
  if (requester === null) throw new AccessError('not-found', 'There is no such person.');
  const [grants, past] = await Promise.all([
    knex('grants')
      .where({ subject_id: requester.id })
      .whereNull('ended_at')
      .where((either) => void either.whereNull('expires_at').orWhere('expires_at', '>', now))
      .orderBy(['created_at', 'id'])
      .limit(MOST_GRANTS) as Promise<GrantRow[]>,
    knex('access_requests')
      .where({ requester_id: requester.id })
      .whereNot({ id: row.id })
      .orderBy([
        { column: 'submitted_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(MOST_PAST) as Promise<AccessRequestRow[]>,
  ]);
  const entitlements = past.map((one) => askedTerms(one).entitlement);
  const [names, active, covers] = await Promise.all([
    readNames(knex, [], entitlements),
    ports.presentGrants(knex, grants, nowMs, viewer.id),
    readCovers(ports, row, requester),
  ]);
  return {
    requester: {
      id: requester.id,
      name: requester.name,
      email: requester.email,
      role: requester.role,
      groups: [...requester.groups],
    },
    active_grants: [...active],
    past_requests: past.map((one) => ({
      id: one.id,
      status: statusAt(one, nowMs),
      ...nameEntitlement(askedTerms(one).entitlement, names),
      submitted_at: one.submitted_at.toISOString(),
      decided_at: one.decided_at?.toISOString() ?? null,
    })),
    covers: covers.map(({ type, id, name }) => ({ type, id, name })),
    denial:
      row.evaluation_id === null
        ? null
        : { evaluation_id: row.evaluation_id, action: row.action, at: row.denied_at?.toISOString() ?? null },
  };
}

/** The resource itself, all that the Scope covers, or what only the Role is needed for. */
async function readCovers(
  ports: PresentPorts,
  row: AccessRequestRow,
  requester: CurrentPerson,
): Promise<readonly Pick<Resource, 'type' | 'id' | 'name'>[]> {
  const { knex } = ports;
  const { entitlement } = askedTerms(row);
  if (entitlement.kind === 'scope') return ports.coveredBy(knex, entitlement.scope_id);
  if (entitlement.kind === 'resource') {
    const { type, id } = entitlement.resource;
    return knex('resources').where({ type, id }).select('type', 'id', 'name');
  }
  const rows: Pick<Resource, 'type' | 'id' | 'name' | 'minimum_role'>[] = await knex('resources')
    .orderBy(['type', 'id'])
    .select('type', 'id', 'name', 'minimum_role');
  return rows.filter(
    (one) => isAtLeast(entitlement.role, one.minimum_role) && !isAtLeast(requester.role, one.minimum_role),
  );
}
