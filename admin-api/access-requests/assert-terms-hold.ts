import { AccessError } from '../../core/access/errors.ts';
import type { Extension } from '../../core/access/extension.ts';
import { entitlementKey } from '../../core/access/grant.ts';
import { assertMayGive, type Terms, type TermsChange } from '../../core/access/review.ts';
import { placementOf, scopeCovers } from '../../core/access/scope.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';
import { askedTerms } from './access-request-row.ts';
import type { PolicyRuling } from './ask-request-policy.ts';
import type { Situation } from './review-situation.ts';

/**
 * The policy is asked again about what is given now: a changed approval must not get around its rules.
 * @throws AccessError `conflict`, `not-requestable`, `invalid-value`, `duration-too-long`, `beyond-reviewer-role`
 */
export async function assertTermsHold(
  ports: AccessRequestPorts,
  situation: Situation,
  terms: Terms,
  extension: Extension | null,
  ruling: PolicyRuling,
): Promise<void> {
  const { unit, reviewer, requester } = situation;
  const { answer } = ruling;
  if (requester.disabled) throw new AccessError('conflict', 'The account of the requester is disabled.');
  if (!answer.requestable) {
    throw new AccessError('not-requestable', answer.reasons.join(' ') || 'The request policy does not allow it.', {
      facts: { reasons: answer.reasons },
    });
  }
  await assertCovered(ports, situation, ruling);
  assertMayGive(reviewer, terms, answer.max_duration_seconds, unit.nowMs, extension);
}

/** More time for a grant is nothing but more time. @throws AccessError `invalid-value` */
export function assertOnlyLength(change: TermsChange): void {
  const field = change.entitlement !== undefined ? 'resource' : change.starts_at !== undefined ? 'starts_at' : null;
  if (field === null) return;
  throw new AccessError(
    'invalid-value',
    'This asks for more time for what somebody has: only the time can be changed.',
    {
      field,
    },
  );
}

/** A Scope instead of a resource has to be one that covers it. */
async function assertCovered(
  ports: AccessRequestPorts,
  { unit, request, reviewer }: Situation,
  { scope }: PolicyRuling,
): Promise<void> {
  const { entitlement } = askedTerms(request);
  if (entitlement.kind !== 'resource' || scope === null) return;
  const resource = await ports.findVisibleResource(unit.trx, entitlement.resource, reviewer);
  const connections: { id: string; environment: string | null }[] = await unit
    .trx('resources')
    .where({ type: 'connection' })
    .select('id', 'environment');
  const placement =
    resource === null ? null : placementOf(resource, (ref) => connections.find((row) => row.id === ref.id));
  if (placement === null || !scopeCovers(scope, placement)) {
    throw new AccessError('invalid-value', `The Scope ${scope.id} does not cover ${entitlementKey(entitlement)}.`, {
      field: 'scope_id',
    });
  }
}
