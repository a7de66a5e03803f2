import { z } from 'zod';
import { opaqueId } from '../access/ids.ts';
import { resourceKey } from '../access/resource.ts';
import type { ApprovalReading } from '../decision/approval-state.ts';
import type { Question } from '../decision/decision-input.ts';
import { isActive, type Grant } from '../access/grant.ts';
import type { Facts } from '../feed/facts.ts';
import type { EvaluationRequest } from './evaluation-request.ts';

/** `context.approval` of a re-evaluation (ARAP draft 1, "Approval and Re-evaluation"). */
const referenceSchema = z.looseObject({
  id: opaqueId,
  approved_until: z.iso.datetime({ offset: true }),
  state: z.unknown().optional(),
});

/** The reference that was sent along, and what its `state` turned out to be. */
export interface PresentedApproval {
  /** null: what was sent is no reference. */
  readonly id: string | null;
  /** null: no state, or none that is text. */
  readonly state: ApprovalReading | null;
}

export type ReevaluationReason =
  | 'approval_expired'
  | 'out_of_scope'
  | 'grant_pending'
  | 'policy_denied'
  | 'approval_unverifiable';

/** What a reference is worth for one question. It never lets anybody in; it only says why they are not. */
export type ApprovalStanding =
  | { readonly kind: 'applies'; readonly approval: { readonly id: string; readonly approved_until: string } }
  /** MUST be rejected, whatever the policy would say: the two halves of the reference are of different approvals. */
  | { readonly kind: 'mismatch' }
  | { readonly kind: 'not now'; readonly reason: ReevaluationReason; readonly retryAfterSeconds?: number };

/** Reads a state; `null` in a PDP that knows no key to verify one with. */
export type ReadApprovalState = (state: string) => Promise<ApprovalReading>;

/** null: no approval was sent along. Waits for keys, where it must, before anything is decided. */
export async function presentedApproval(
  { context }: EvaluationRequest,
  readState: ReadApprovalState,
): Promise<PresentedApproval | null> {
  const sent = context?.['approval'];
  if (sent === undefined) return null;
  const reference = referenceSchema.safeParse(sent);
  if (!reference.success) return { id: null, state: null };
  const { id, state } = reference.data;
  if (state === undefined) return { id, state: null };
  return { id, state: typeof state === 'string' ? await readState(state) : 'invalid' };
}

/** How long a sidecar takes to hear of a grant is milliseconds; nobody polls that fast. */
const PENDING_SECONDS = 2;

/** @param revision of the feed that the facts are at */
export function standingOf(
  { id, state }: PresentedApproval,
  { subject, resource }: Question,
  facts: Facts,
  { revision, nowMs }: { readonly revision: number; readonly nowMs: number },
): ApprovalStanding {
  if (id === null || state === 'invalid') return notNow('approval_unverifiable');
  if (state === 'unavailable') return { kind: 'not now', reason: 'approval_unverifiable', retryAfterSeconds: 5 };
  if (state !== null && state !== 'expired') {
    if (state.approval_id !== id) return { kind: 'mismatch' };
    if (state.subject.id !== subject.id) return notNow('approval_unverifiable');
    if (Date.parse(state.approved_until) <= nowMs) return notNow('approval_expired');
  }
  const grant = facts.grant(id);
  // Of somebody else: whether there is such an approval is none of the caller's business.
  if (grant !== undefined && grant.subject_id !== subject.id) return notNow('approval_unverifiable');
  if (state === 'expired') return notNow('approval_expired');
  if (grant === undefined) {
    if (state === null) return notNow('approval_unverifiable');
    if (resourceKey(state.resource) !== resourceKey(resource)) return notNow('out_of_scope');
    return state.feed_revision > revision ? pending(PENDING_SECONDS) : notNow('approval_expired');
  }
  if (!covers(grant, { resource, facts })) return notNow('out_of_scope');
  if (grant.starts_at > nowMs) return pending(Math.ceil((grant.starts_at - nowMs) / 1000));
  if (!isActive(grant, nowMs)) return notNow('approval_expired');
  const until = [grant.expires_at, state === null ? null : Date.parse(state.approved_until)].filter(
    (at) => at !== null,
  );
  if (until.length === 0) return { kind: 'applies', approval: { id, approved_until: LAST } };
  return { kind: 'applies', approval: { id, approved_until: new Date(Math.min(...until)).toISOString() } };
}

/** A permanent grant has no end, and an approval must; RFC 3339 goes no further. */
const LAST = '9999-12-31T23:59:59.000Z';

function covers(
  grant: Grant,
  { resource, facts }: { readonly resource: Question['resource']; readonly facts: Facts },
): boolean {
  const { entitlement } = grant;
  // A role opens what the policy says it does; that is asked anyway.
  if (entitlement.kind === 'role') return true;
  if (entitlement.kind === 'resource') return resourceKey(entitlement.resource) === resourceKey(resource);
  return facts.scopesCovering(resource).some(({ id }) => id === entitlement.scope_id);
}

function notNow(reason: ReevaluationReason): ApprovalStanding {
  return { kind: 'not now', reason };
}

function pending(retryAfterSeconds: number): ApprovalStanding {
  return { kind: 'not now', reason: 'grant_pending', retryAfterSeconds };
}
