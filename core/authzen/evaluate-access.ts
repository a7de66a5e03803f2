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
    readonly reason: ReasonCode;
    readonly reason_user: { readonly en: string };
    readonly evaluation_id: string;
    /** RFC 3339. */
    readonly evaluated_at: string;
    readonly grants?: readonly string[];
    readonly obligations?: Readonly<Record<string, unknown>>;
    readonly access_request?: AccessRequestLink;
  };
}

export interface Evaluation {
  readonly request: EvaluationRequest;
  readonly decision: Decision;
  /** Where it differs from the decision, because the resource is hidden from whoever is asked about. */
  readonly told: Decision;
  readonly subject: Subject | null;
  readonly resource: Resource | null;
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
export function evaluateAccess(request: EvaluationRequest, judge: Judge, bench: Bench, asker: Asker): Evaluation {
  const question = questionOf(bench.facts, request, asker);
  if ('reason' in question) {
    const decision = judge.refuse(question.reason);
    return { request, decision, told: decision, subject: question.subject, resource: null };
  }
  const { subject, resource } = question;
  const decision = judge.decide(bench, question);
  if (!decision.allow && resource.discoverable === 'none') {
    // Word for word what an unknown resource gets.
    const told: Decision = { ...decision, reason: 'resource-unknown', request: null, obligations: {} };
    return { request, decision, told, subject, resource: null };
  }
  return { request, decision, told: decision, subject, resource };
}

/** What the app is answered, with the way from a no to a yes where there is one. */
export async function answerEvaluation(evaluation: Evaluation, links: DenialLinks): Promise<EvaluationResponse> {
  const { told, subject, resource, request } = evaluation;
  const hasObligations = Object.keys(told.obligations).length > 0;
  const link =
    told.allow || subject === null || resource === null
      ? null
      : await links.linkFor({ decision: told, subject, resource, action: request.action.name, returnTo: null });
  return {
    decision: told.allow,
    context: {
      reason: told.reason,
      reason_user: { en: REASON_TEXT[told.reason] },
      evaluation_id: told.evaluation_id,
      evaluated_at: new Date(told.evaluated_at).toISOString(),
      ...(told.allow ? { grants: told.grants } : {}),
      ...(hasObligations ? { obligations: told.obligations } : {}),
      ...(link === null ? {} : { access_request: link }),
    },
  };
}
