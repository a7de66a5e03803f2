import type { ReasonCode } from '../../core/access/reason-code.ts';
import { REASON_TEXT } from '../../core/access/reason-code.ts';
import { resourceKey } from '../../core/access/resource.ts';
import type { Subject } from '../../core/access/subject.ts';
import type { Decision } from '../../core/decision/decision.ts';
import type { Facts } from '../../core/feed/facts.ts';
import type { AccessRequestLink, AccessRequestLinks } from '../gate/access-request-link.ts';
import type { Judge, NotReadyReason } from '../gate/judge.ts';
import type { EvaluationRequest } from './evaluation-request.ts';

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
  readonly response: EvaluationResponse;
  readonly decision: Decision;
  /** The true reason for the log. */
  readonly reason: ReasonCode;
  readonly subjectId: string | null;
}

/** @returns the reason instead, while nothing can be decided */
export async function evaluateAccess(
  request: EvaluationRequest,
  judge: Judge,
  links: AccessRequestLinks,
): Promise<Evaluation | NotReadyReason> {
  const bench = judge.sit();
  if (typeof bench === 'string') return bench;
  const subject = findSubject(bench.facts, request.subject.id);
  if (subject === null) return plain(judge.refuse('subject-unknown'), null);
  const resource = bench.facts.resource(resourceKey(request.resource));
  if (resource === undefined) return plain(judge.refuse('resource-unknown'), subject.id);
  const action = { name: request.action.name, method: null };
  const context = { path: null, host: null, source_ip: null, ...definedOnly(request.context) };
  const decision = judge.decide(bench, { subject, resource, action, context });
  if (!decision.allow && resource.discoverable === 'none') {
    // Word for word what an unknown resource gets.
    const hidden = plain({ ...decision, reason: 'resource-unknown', request: null, obligations: {} }, subject.id);
    return { ...hidden, decision, reason: decision.reason };
  }
  const link = decision.allow
    ? null
    : await links.linkFor({ decision, subject, resource, action: action.name, returnTo: null });
  const answer = plain(decision, subject.id);
  if (link === null) return answer;
  const { response } = answer;
  return { ...answer, response: { ...response, context: { ...response.context, access_request: link } } };
}

function plain(decision: Decision, subjectId: string | null): Evaluation {
  const hasObligations = Object.keys(decision.obligations).length > 0;
  return {
    response: {
      decision: decision.allow,
      context: {
        reason: decision.reason,
        reason_user: { en: REASON_TEXT[decision.reason] },
        evaluation_id: decision.evaluation_id,
        evaluated_at: new Date(decision.evaluated_at).toISOString(),
        ...(decision.allow ? { grants: decision.grants } : {}),
        ...(hasObligations ? { obligations: decision.obligations } : {}),
      },
    },
    decision,
    reason: decision.reason,
    subjectId,
  };
}

/** By id, `sub` or email; nobody when these name different people. */
function findSubject(facts: Facts, id: string): Subject | null {
  const found = new Set<Subject>();
  for (const subject of [facts.subject(id), facts.subjectBySub(id), facts.subjectByEmail(id)]) {
    if (subject !== undefined) found.add(subject);
  }
  const [only] = found;
  return found.size === 1 && only !== undefined ? only : null;
}

function definedOnly(context: EvaluationRequest['context']): Record<string, never> {
  if (context === undefined) return {};
  return Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined)) as Record<
    string,
    never
  >;
}
