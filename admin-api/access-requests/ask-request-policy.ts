import { AccessError } from '../../core/access/errors.ts';
import type { DurationSeconds } from '../../core/access/duration.ts';
import type { Entitlement } from '../../core/access/grant.ts';
import { resourceKey, type Resource } from '../../core/access/resource.ts';
import type { Reviewers } from '../../core/access/review-stages.ts';
import type { Scope } from '../../core/access/scope.ts';
import { readRequestAnswer, type RequestAnswer } from '../../core/decision/request-input.ts';
import type { Knex } from '../db/knex.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';

export interface PolicyRuling {
  readonly answer: RequestAnswer;
  readonly resource: Resource | null;
  readonly scope: Scope | null;
  readonly policy_revision: string;
}

/**
 * Asks `hallpass/request` about one wish of one person.
 * @throws AccessError `not-found` for what is not there or hidden from `knower`
 */
export async function askRequestPolicy(
  ports: AccessRequestPorts,
  knex: Knex,
  wish: {
    readonly requester: CurrentPerson;
    /** Whose eyes decide what exists: the requester's own, or the reviewer's for a changed approval. */
    readonly knower: CurrentPerson;
    readonly entitlement: Entitlement;
    readonly duration_seconds: DurationSeconds;
    readonly reason: string;
  },
): Promise<PolicyRuling> {
  const { requester, entitlement } = wish;
  const resource =
    entitlement.kind === 'resource' ? await ports.findVisibleResource(knex, entitlement.resource, wish.knower) : null;
  if (entitlement.kind === 'resource' && resource === null) {
    throw new AccessError('not-found', `There is no ${resourceKey(entitlement.resource)}.`, { field: 'resource' });
  }
  const scope = entitlement.kind === 'scope' ? await ports.findScope(knex, entitlement.scope_id) : null;
  if (entitlement.kind === 'scope' && scope === null) {
    throw new AccessError('not-found', `There is no Scope ${entitlement.scope_id}.`, { field: 'scope_id' });
  }
  const engine = ports.engine();
  const raw = engine.request({
    requester: {
      id: requester.id,
      email: requester.email,
      role: requester.role,
      base_role: requester.base_role,
      groups: [...requester.groups],
      attributes: requester.attributes,
    },
    entitlement,
    resource,
    scope,
    duration_seconds: wish.duration_seconds,
    starts_at: null,
    extension: null,
    break_glass: false,
    reason: wish.reason,
  });
  return { answer: readRequestAnswer(raw), resource, scope, policy_revision: engine.revision };
}

/** How many people could review, other than the requester: the same rule as `mayReview`, over everybody. */
export async function countReviewers(
  knex: Knex,
  reviewers: Reviewers,
  requesterId: string,
  nowMs: number,
): Promise<number> {
  const now = new Date(nowMs);
  const { rows } = (await knex.raw(
    `SELECT count(*) AS reviewers FROM people p
      CROSS JOIN LATERAL (
        SELECT CASE WHEN p.role IN ('admin', 'owner') THEN p.role
               WHEN EXISTS (SELECT 1 FROM grants g WHERE g.subject_id = p.id AND g.kind = 'role' AND g.role = 'admin'
                              AND g.ended_at IS NULL AND g.starts_at <= :now AND (g.expires_at IS NULL OR g.expires_at > :now))
               THEN 'admin' ELSE p.role END AS role) AS current
      WHERE p.disabled_at IS NULL AND p.id <> :requester AND current.role IN ('admin', 'owner')
        AND (current.role = ANY(:roles) OR p.id = ANY(:people))`,
    { now, requester: requesterId, roles: reviewers.roles, people: reviewers.people },
  )) as { rows: { reviewers: number }[] };
  return rows[0]?.reviewers ?? 0;
}
