import type { ReasonCode } from '../access/reason-code.ts';
import { REASON_TEXT } from '../access/reason-code.ts';
import type { Resource } from '../access/resource.ts';
import type { Subject } from '../access/subject.ts';
import type { Question } from '../decision/decision-input.ts';
import type { Decision } from '../decision/decision.ts';
import type { Facts } from '../feed/facts.ts';
import type { AccessRequestLink, DenialFacts } from '../decision/access-request-link.ts';
import { mayAskAbout, type Asker } from './asker.ts';
import type { Bench, Judge } from './bench.ts';
import { standingOf, type ApprovalStanding, type PresentedApproval, type ReevaluationReason } from './approval.ts';
import { bindingHash } from './binding-hash.ts';
import { reevaluated, type NextAction } from './reevaluated.ts';
import { contextOf, type EvaluationRequest } from './evaluation-request.ts';
import { findResource, findSubject } from './find-entity.ts';

/** Makes the way from a no to a yes; null where asking would change nothing. */
export interface DenialLinks {
  linkFor(facts: DenialFacts): Promise<AccessRequestLink | null>;
}

/** An Access Evaluation response. A denial that can be requested away carries ARAP's `access_request`. */
export interface EvaluationResponse {
  readonly decision: boolean;
  readonly context: {
    readonly reason: ReasonCode | ReevaluationReason;
    readonly reason_user: { readonly en: string };
    readonly evaluation_id: string;
    /** RFC 3339. */
    readonly evaluated_at: string;
    readonly grants?: readonly string[];
    readonly obligations?: Readonly<Record<string, unknown>>;
    readonly access_request?: AccessRequestLink;
    /** Where an approval was sent along: ARAP, "Approval and Re-evaluation". */
    readonly approval?: { readonly id: string; readonly approved_until: string };
    readonly next_action?: NextAction;
    readonly retry_after?: number;
  };
}

/** A question, with the approval that was sent along as far as it could be read. */
export interface AskedEvaluation {
  readonly request: EvaluationRequest;
  /** null: none was sent. */
  readonly approval: PresentedApproval | null;
}

export interface Evaluation extends AskedEvaluation {
  readonly decision: Decision;
  /** Where it differs from the decision, because the resource is hidden from whoever is asked about. */
  readonly told: Decision;
  readonly subject: Subject | null;
  readonly resource: Resource | null;
  /** null: no approval was sent, or there is nothing it could be for. */
  readonly standing: ApprovalStanding | null;
}

/** Names -> the question to the policy, or why there is none. */
export function questionOf(facts: Facts, request: EvaluationRequest, asker: Asker): Question | EvaluationGap {
  const subject = findSubject(facts, request.subject);
  if (subject === null || !mayAskAbout(asker, subject)) return { reason: 'subject-unknown', subject: null };
  const resource = findResource(facts, request.resource);
  if (resource === null) return { reason: 'resource-unknown', subject };
  return { subject, resource, action: { name: request.action.name, method: null }, context: contextOf(request) };
}

export interface EvaluationGap {
  readonly reason: 'subject-unknown' | 'resource-unknown';
  readonly subject: Subject | null;
}

/** One decision. Synchronous, so that several on one bench are about the same facts. */
export function evaluateAccess(asked: AskedEvaluation, judge: Judge, bench: Bench, asker: Asker): Evaluation {
  const { request, approval } = asked;
  const question = questionOf(bench.facts, approval === null ? request : withoutApproval(request), asker);
  if ('reason' in question) {
    const decision = judge.refuse(question.reason);
    return { ...asked, decision, told: decision, subject: question.subject, resource: null, standing: null };
  }
  const { subject, resource } = question;
  let decision = judge.decide(bench, question);
  const moment = { revision: judge.factsRevision, nowMs: decision.evaluated_at };
  const standing = approval === null ? null : standingOf(approval, question, bench.facts, moment);
  if (standing?.kind === 'mismatch') decision = judge.refuse('approval-mismatch');
  if (!decision.allow && resource.discoverable === 'none') {
    // Word for word what an unknown resource gets.
    const told: Decision = { ...decision, reason: 'resource-unknown', request: null, obligations: {} };
    return { ...asked, decision, told, subject, resource: null, standing: null };
  }
  return { ...asked, decision, told: decision, subject, resource, standing };
}

/** Nothing of what a caller sends along as an approval reaches the policy: the grant behind it does. */
function withoutApproval({ context, ...request }: EvaluationRequest): EvaluationRequest {
  const { approval: _, ...rest } = context ?? {};
  return { ...request, context: rest };
}

/** What the app is answered, with the way from a no to a yes where there is one. */
export async function answerEvaluation(evaluation: Evaluation, links: DenialLinks): Promise<EvaluationResponse> {
  const { told, approval } = evaluation;
  const hasObligations = Object.keys(told.obligations).length > 0;
  const link = await linkFor(evaluation, links);
  const { reason, ...more } = approval === null ? { reason: told.reason } : reevaluated(evaluation, link !== null);
  const isOffered = link !== null && (more.next_action ?? 'request') === 'request';
  return {
    decision: told.allow,
    context: {
      reason,
      reason_user: { en: REASON_TEXT[told.reason] },
      evaluation_id: told.evaluation_id,
      evaluated_at: new Date(told.evaluated_at).toISOString(),
      ...(told.allow ? { grants: told.grants } : {}),
      ...(hasObligations ? { obligations: told.obligations } : {}),
      ...more,
      ...(isOffered ? { access_request: link } : {}),
    },
  };
}

async function linkFor(evaluation: Evaluation, links: DenialLinks): Promise<AccessRequestLink | null> {
  const { told, subject, resource, request } = evaluation;
  if (told.allow || subject === null || resource === null) return null;
  return links.linkFor({
    decision: told,
    subject,
    resource,
    action: request.action.name,
    returnTo: null,
    bindingHash: bindingHash(request),
  });
}
