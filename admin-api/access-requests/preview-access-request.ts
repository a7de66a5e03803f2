import type { Extension } from '../../core/access/extension.ts';
import { entitlementKey } from '../../core/access/grant.ts';
import { lengthOf, type Terms } from '../../core/access/review.ts';
import type { Stage } from '../../core/access/review-stages.ts';
import { firstUnmetStage } from '../../core/access/staffing.ts';
import type { GrantRow } from '../db/grant-row.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';
import { askRequestPolicy, type PolicyRuling } from './ask-request-policy.ts';
import { notInEmergency, openRefusal } from './break-glass.ts';
import { findHeld } from './held-access.ts';
import { findPending } from './pending-request.ts';
import { candidatesOf, unmetText } from './possible-reviewers.ts';

export interface Preview {
  readonly ruling: PolicyRuling;
  readonly requestable: boolean;
  readonly reasons: readonly string[];
  readonly stages: readonly (Stage & { readonly reviewer_count: number })[];
  /** Different people who could review at some stage. */
  readonly reviewerCount: number;
  /** What the caller has of it already; null for an extension. */
  readonly held: GrantRow | null;
  readonly pendingId: string | null;
}

/** What a submission of the same would meet; changes nothing. A reason of null is not written yet. */
export async function previewAccessRequest(
  ports: AccessRequestPorts,
  caller: CurrentPerson,
  wish: {
    readonly terms: Terms;
    readonly extension: Extension | null;
    readonly reason: string | null;
    readonly breakGlass: boolean;
  },
): Promise<Preview> {
  const { knex } = ports;
  const nowMs = ports.clock();
  const { terms, extension } = wish;
  const ruling = await askRequestPolicy(ports, knex, {
    requester: caller,
    knower: caller,
    entitlement: terms.entitlement,
    duration_seconds: lengthOf(terms, nowMs, extension),
    starts_at: terms.starts_at,
    extension,
    break_glass: wish.breakGlass,
    reason: wish.reason,
  });
  const { answer, stages, resource } = ruling;
  const asked = { stages, entitlement: terms.entitlement, requesterId: caller.id };
  const candidates = await candidatesOf(ports, knex, asked, nowMs);
  const unmet = answer.auto_approve || wish.breakGlass ? null : firstUnmetStage(stages, candidates);
  const pending = await findPending(
    knex,
    caller.id,
    { entitlement: terms.entitlement, extends_grant_id: extension?.grant_id ?? null },
    nowMs,
  );
  const held = extension === null ? await findHeld(ports, knex, caller, { terms, resource }, nowMs) : null;
  const key = entitlementKey(terms.entitlement);
  const hindrances = unmet === null ? [] : [unmetText(stages, unmet, candidates, key)];
  if (wish.breakGlass && answer.requestable) {
    if (!answer.break_glass.allowed) hindrances.push(notInEmergency(key).message);
    const open = await openRefusal(knex, caller.id);
    if (open !== null) hindrances.push(open.message);
  }
  return {
    ruling,
    requestable: answer.requestable && hindrances.length === 0,
    reasons: [...answer.reasons, ...hindrances],
    stages: stages.map((stage, index) => ({ ...stage, reviewer_count: candidates[index]?.length ?? 0 })),
    reviewerCount: new Set(candidates.flat()).size,
    held: held?.grant ?? null,
    pendingId: pending?.id ?? null,
  };
}
