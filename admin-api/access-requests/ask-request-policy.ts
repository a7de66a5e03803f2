import { AccessError } from '../../core/access/errors.ts';
import type { Extension } from '../../core/access/extension.ts';
import type { DurationSeconds } from '../../core/access/duration.ts';
import type { Entitlement } from '../../core/access/grant.ts';
import { resourceKey, type Resource } from '../../core/access/resource.ts';
import type { Reviewers, Stage } from '../../core/access/review-stages.ts';
import type { Scope } from '../../core/access/scope.ts';
import { readRequestAnswer, stagesOf, type RequestAnswer } from '../../core/decision/request-input.ts';
import type { Knex } from '../db/knex.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';

export interface PolicyRuling {
  /** Reviewers that it names by email address are ids here; who is not known does not count. */
  readonly answer: RequestAnswer;
  readonly stages: readonly Stage[];
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
    /** For an extension the whole life (`lengthOf`). */
    readonly duration_seconds: DurationSeconds;
    /** Milliseconds since the Unix epoch; left out: at approval. */
    readonly starts_at?: number | null;
    readonly extension?: Extension | null;
    readonly break_glass?: boolean;
    /** null: not written yet, only looked at. */
    readonly reason: string | null;
  },
): Promise<PolicyRuling> {
  const { requester, entitlement } = wish;
  const isHeld = wish.extension !== undefined && wish.extension !== null;
  const resource =
    entitlement.kind === 'resource'
      ? await ports.findVisibleResource(knex, entitlement.resource, wish.knower, isHeld)
      : null;
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
    starts_at: wish.starts_at ?? null,
    extension: wish.extension ?? null,
    break_glass: wish.break_glass ?? false,
    reason: wish.reason,
  });
  const answer = await resolvePeople(knex, readRequestAnswer(raw));
  return { answer, stages: stagesOf(answer), resource, scope, policy_revision: engine.revision };
}

/** A policy may name people by email address; requests keep ids, which no later change of an address can move. */
async function resolvePeople(knex: Knex, answer: RequestAnswer): Promise<RequestAnswer> {
  const all = [answer.reviewers, ...(answer.stages ?? []).map((stage) => stage.reviewers)];
  const addresses = new Set(all.flatMap(({ people }) => people.filter(isAddress).map((one) => one.toLowerCase())));
  if (addresses.size === 0) return answer;
  const rows: { id: string; email: string }[] = await knex('people')
    .whereRaw('lower(email) = ANY(?)', [[...addresses]])
    .select('id', 'email');
  const ids = new Map(rows.map((row) => [row.email.toLowerCase(), row.id]));
  const resolve = (reviewers: Reviewers): Reviewers => {
    const people = reviewers.people.map((one) => (isAddress(one) ? ids.get(one.toLowerCase()) : one));
    return { ...reviewers, people: [...new Set(people.filter((id) => id !== undefined))] };
  };
  return {
    ...answer,
    reviewers: resolve(answer.reviewers),
    stages: answer.stages?.map((stage) => ({ ...stage, reviewers: resolve(stage.reviewers) })),
  };
}

function isAddress(person: string): boolean {
  return person.includes('@');
}
