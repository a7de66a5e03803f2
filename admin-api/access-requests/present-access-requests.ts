import { z } from 'zod';
import { REQUEST_STATUSES } from '../../core/access/access-request.ts';
import type { Entitlement } from '../../core/access/grant.ts';
import { resourceTypeSchema, resourceKey, type Resource, type ResourceKey } from '../../core/access/resource.ts';
import { mayReview, MODIFICATIONS } from '../../core/access/review.ts';
import { approvalsRequired, currentStage } from '../../core/access/review-stages.ts';
import { roleSchema } from '../../core/access/role.ts';
import type { Scope } from '../../core/access/scope.ts';
import type { GrantRow } from '../db/grant-row.ts';
import type { Knex } from '../db/knex.ts';
import type { AuditPerson } from '../db/unit-of-work.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';
import { askedTerms, pastReviews, statusAt, type AccessRequestRow, type ReviewRow } from './access-request-row.ts';

const person = z.object({ id: z.string(), email: z.string(), name: z.string() });
const durationSeconds = z.int().nullable();

const entitlementView = {
  kind: z.enum(['resource', 'scope', 'role']),
  resource: z.object({ type: resourceTypeSchema, id: z.string(), name: z.string() }).nullable(),
  scope: z.object({ id: z.string(), name: z.string() }).nullable(),
  role: roleSchema.nullable(),
};

export const accessRequestViewSchema = z.object({
  id: z.string(),
  status: z.enum(REQUEST_STATUSES),
  requester: person,
  ...entitlementView,
  reason: z.string(),
  duration_seconds: durationSeconds,
  action: z.string().nullable(),
  evaluation_id: z.string().nullable(),
  denial_verified: z.boolean(),
  return_to: z.string().nullable(),
  submitted_at: z.iso.datetime(),
  pending_until: z.iso.datetime(),
  decided_at: z.iso.datetime().nullable(),
  approvals_required: z.int(),
  max_duration_seconds: durationSeconds,
  policy_reasons: z.array(z.string()),
  reviews: z.array(
    z.object({
      id: z.string(),
      reviewer: person.nullable(),
      verdict: z.enum(['approve', 'deny']),
      note: z.string().nullable(),
      created_at: z.iso.datetime(),
    }),
  ),
  given: z
    .object({
      ...entitlementView,
      duration_seconds: durationSeconds,
      modifications: z.array(z.enum(MODIFICATIONS)),
    })
    .nullable(),
  grant: z.unknown(),
  in_effect: z.boolean(),
  can_review: z.boolean(),
  can_cancel: z.boolean(),
  suggested_scopes: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      description: z.string(),
      environments: z.array(z.string()),
      connections: z.array(z.string()),
      targets: z.array(z.string()),
    }),
  ),
});
export type AccessRequestView = z.output<typeof accessRequestViewSchema>;

export interface PresentPorts extends AccessRequestPorts {
  readonly presentGrants: (
    knex: Knex,
    rows: readonly GrantRow[],
    nowMs: number,
  ) => Promise<readonly { readonly id: string }[]>;
}

interface Names {
  readonly people: Map<string, AuditPerson>;
  readonly resources: Map<string, string>;
  readonly scopes: Map<string, string>;
}

/** Requests as one person may see them; a handful of queries for any number of rows. */
export async function presentAccessRequests(
  ports: PresentPorts,
  rows: readonly AccessRequestRow[],
  viewer: CurrentPerson,
): Promise<AccessRequestView[]> {
  const { knex } = ports;
  const ids = rows.map((row) => row.id);
  const [reviews, grants] = await Promise.all([
    knex('reviews').whereIn('request_id', ids).orderBy(['created_at', 'id']) as Promise<ReviewRow[]>,
    knex('grants').whereIn('request_id', ids) as Promise<GrantRow[]>,
  ]);
  const [names, grantViews, isApplied] = await Promise.all([
    readNames(knex, rows, reviews),
    ports.presentGrants(knex, grants, ports.clock()),
    ports.readProgress(),
  ]);
  return rows.map((row) => {
    const own = reviews.filter((review) => review.request_id === row.id);
    const grantRow = grants.find((grant) => grant.request_id === row.id);
    const status = statusAt(row, ports.clock());
    const stage = row.stages[currentStage(row.stages, pastReviews(own)) ?? -1];
    return accessRequestViewSchema.parse({
      ...row,
      status,
      pending_until: row.pending_until.toISOString(),
      approvals_required: approvalsRequired(row.stages),
      ...nameEntitlement(askedTerms(row).entitlement, names),
      requester: names.people.get(row.requester_id),
      submitted_at: row.submitted_at.toISOString(),
      decided_at: row.decided_at?.toISOString() ?? null,
      reviews: own.map((review) => ({
        ...review,
        reviewer: review.reviewer_id === null ? null : names.people.get(review.reviewer_id),
        created_at: review.created_at.toISOString(),
      })),
      given: row.given === null ? null : { ...row.given, ...nameEntitlement(row.given.entitlement, names) },
      grant: grantViews.find((grant) => grant.id === grantRow?.id) ?? null,
      in_effect: grantRow !== undefined && isApplied(row.feed_revision, placeOf(row)),
      can_review:
        status === 'pending' &&
        stage !== undefined &&
        mayReview(viewer, row.requester_id, stage.reviewers, []) &&
        !own.some((review) => review.reviewer_id === viewer.id),
      can_cancel: status === 'pending' && row.requester_id === viewer.id,
      suggested_scopes: [],
    });
  });
}

/** Scopes that would do instead of the resource, for whoever reviews; the one that opens the least first. */
export async function suggestScopes(
  ports: PresentPorts,
  row: AccessRequestRow,
  viewer: CurrentPerson,
): Promise<AccessRequestView['suggested_scopes']> {
  const { entitlement } = askedTerms(row);
  if (entitlement.kind !== 'resource') return [];
  const resource = await ports.findVisibleResource(ports.knex, entitlement.resource, viewer);
  return resource === null ? [] : (await ports.fittingScopes(ports.knex, resource)).map(describeScope);
}

/** Environments as the rules name them; Connections and Targets as they come out, the hidden ones included. */
function describeScope({
  scope,
  covers,
}: {
  readonly scope: Scope;
  readonly covers: readonly Resource[];
}): AccessRequestView['suggested_scopes'][number] {
  const idsOf = (type: Resource['type']) => covers.filter((place) => place.type === type).map((place) => place.id);
  return {
    id: scope.id,
    name: scope.name,
    description: scope.description,
    environments: scope.rules.filter((rule) => rule.level === 'environment').map((rule) => rule.id),
    connections: idsOf('connection'),
    targets: idsOf('target'),
  };
}

/** Where a grant has to have arrived before it is of use: at the sidecars of its resource, or everywhere. */
function placeOf(row: AccessRequestRow): ResourceKey | null {
  const { entitlement } = row.given ?? askedTerms(row);
  return entitlement.kind === 'resource' ? resourceKey(entitlement.resource) : null;
}

async function readNames(knex: Knex, rows: readonly AccessRequestRow[], reviews: readonly ReviewRow[]): Promise<Names> {
  const personIds = [...rows.map((row) => row.requester_id), ...reviews.flatMap((review) => review.reviewer_id ?? [])];
  const all = rows.flatMap((row) => [
    askedTerms(row).entitlement,
    ...(row.given === null ? [] : [row.given.entitlement]),
  ]);
  const resourceIds = all.flatMap((one) => (one.kind === 'resource' ? [one.resource.id] : []));
  const scopeIds = all.flatMap((one) => (one.kind === 'scope' ? [one.scope_id] : []));
  const [people, resources, scopes] = await Promise.all([
    knex('people')
      .whereIn('id', [...new Set(personIds)])
      .select('id', 'email', 'name') as Promise<AuditPerson[]>,
    knex('resources').whereIn('id', resourceIds).select('type', 'id', 'name') as Promise<
      { type: string; id: string; name: string }[]
    >,
    knex('scopes').whereIn('id', scopeIds).select('id', 'name') as Promise<{ id: string; name: string }[]>,
  ]);
  return {
    people: new Map(people.map((row) => [row.id, row])),
    resources: new Map(resources.map((row) => [`${row.type}:${row.id}`, row.name])),
    scopes: new Map(scopes.map((row) => [row.id, row.name])),
  };
}

function nameEntitlement(entitlement: Entitlement, names: Names) {
  return {
    kind: entitlement.kind,
    resource:
      entitlement.kind === 'resource'
        ? {
            ...entitlement.resource,
            name: names.resources.get(resourceKey(entitlement.resource)) ?? entitlement.resource.id,
          }
        : null,
    scope:
      entitlement.kind === 'scope'
        ? { id: entitlement.scope_id, name: names.scopes.get(entitlement.scope_id) ?? entitlement.scope_id }
        : null,
    role: entitlement.kind === 'role' ? entitlement.role : null,
  };
}
