import { entitlementKey, type Entitlement } from '../../core/access/grant.ts';
import { mayReview } from '../../core/access/review.ts';
import type { Stage } from '../../core/access/review-stages.ts';
import type { Knex } from '../db/knex.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';

/** Ids of who could review at each stage, other than the requester: the rule of `mayReview` over everybody. */
export async function candidatesOf(
  ports: Pick<AccessRequestPorts, 'readReviewers' | 'ownersOf'>,
  knex: Knex,
  asked: { readonly stages: readonly Stage[]; readonly entitlement: Entitlement; readonly requesterId: string },
  nowMs: number,
): Promise<string[][]> {
  const { stages, entitlement, requesterId } = asked;
  const reviewers = await ports.readReviewers(knex, nowMs);
  const areOwnersAsked = stages.some((stage) => stage.reviewers.scope_owners);
  const owners = areOwnersAsked ? await ports.ownersOf(knex, [entitlement]) : new Map<string, readonly string[]>();
  const own = owners.get(entitlementKey(entitlement)) ?? [];
  return stages.map((stage) =>
    reviewers.filter((one) => mayReview(one, requesterId, stage.reviewers, own)).map((one) => one.id),
  );
}

/** Why no approvals could complete a request, in a sentence. */
export function unmetText(
  stages: readonly Stage[],
  unmet: number,
  candidates: readonly (readonly string[])[],
  key: string,
): string {
  const needed = stages[unmet]?.approvals_required ?? 0;
  const count = candidates[unmet]?.length ?? 0;
  const where = stages.length === 1 ? '' : ` at the stage "${stages[unmet]?.name}"`;
  const approvals = needed === 1 ? '1 approval' : `${needed} approvals`;
  const people = count === 0 ? 'nobody' : count === 1 ? 'only 1 person' : `only ${count} people`;
  const twice = count >= needed ? ', who are needed at another stage too' : '';
  return `${key} can not be approved at the moment: it needs ${approvals}${where}, but ${people} could give one${twice}. Ask an Admin to name more reviewers.`;
}
