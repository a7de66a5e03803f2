import { z } from 'zod';
import {
  ALLOW_REASONS,
  POLICY_DENY_REASONS,
  type DenyReason,
  type EngineDenyReason,
  type ReasonCode,
} from '../access/reason-code.ts';
import { roleSchema, type Role } from '../access/role.ts';
import type { DecisionInput } from './decision-input.ts';

/** What the person could ask for so that the answer changes. At least one of the three is set. */
export const requestableSchema = z.object({
  /** The resource itself. */
  resource: z.boolean().default(false),
  /** Scopes that would cover it. */
  scopes: z.array(z.string()).default([]),
  /** The lowest role that would do. */
  role: roleSchema.nullable().default(null),
});
export type Requestable = z.infer<typeof requestableSchema>;

export interface Decision {
  readonly allow: boolean;
  readonly reason: ReasonCode;
  /** Ids of the grants that carried an allow; what was allowed is cut when one of them ends and nothing replaces it. */
  readonly grants: readonly string[];
  /** When the first of `grants` ends by time, in milliseconds since the epoch; null: none of them does. */
  readonly ends_at: number | null;
  /** The person's base role and active role grants together; null where the person was not asked about. */
  readonly role: Role | null;
  readonly obligations: Readonly<Record<string, unknown>>;
  /** null: this denial can't be requested away. */
  readonly request: Requestable | null;
  readonly evaluation_id: string;
  /** Milliseconds since the epoch. */
  readonly evaluated_at: number;
  readonly policy_revision: string | null;
  /** How the policy came to it, where that is logged; never part of an answer. */
  readonly evaluated?: Evaluated;
}

/** One evaluation as a decision log shows it: with the same input, `opa eval` gives the same answer. */
export interface Evaluated {
  readonly input: DecisionInput;
  /** What the policy answered, whatever became of it; undefined when it answered nothing or failed. */
  readonly answer: unknown;
  /** It failed while running. */
  readonly failed: boolean;
  readonly durationMs: number;
  readonly printed: readonly string[];
}

/** What `hallpass/authz/decision` must answer. Documented in docs/policy-input.md. */
export const answerSchema = z.discriminatedUnion('allow', [
  z.object({
    allow: z.literal(true),
    reason: z.enum(ALLOW_REASONS),
    grants: z.array(z.string()),
    obligations: z.record(z.string(), z.json()).default({}),
  }),
  z.object({
    allow: z.literal(false),
    reason: z.enum(POLICY_DENY_REASONS),
    obligations: z.record(z.string(), z.json()).default({}),
    request: requestableSchema.nullable().default(null),
  }),
]);

export type DecisionAnswer = Pick<Decision, 'allow' | 'reason' | 'grants' | 'obligations' | 'request'>;

/**
 * Reads what `hallpass/authz/decision` answered. Only an explicit `allow: true` of the right shape, carried by nothing
 * but grants the policy was shown, is an allow (law 1): a policy can't conjure a grant that nobody gave.
 */
export function readDecisionAnswer(raw: unknown, offeredGrantIds: readonly string[]): DecisionAnswer {
  if (raw === undefined || raw === null) return denyAnswer('policy-undefined');
  if (isPlainAllow(raw, offeredGrantIds)) {
    return { allow: true, reason: raw.reason, grants: raw.grants, obligations: {}, request: null };
  }
  const parsed = answerSchema.safeParse(raw);
  if (!parsed.success) return denyAnswer('policy-error');
  const answer = parsed.data;
  if (!answer.allow) {
    const { request } = answer;
    const isRequestable = request !== null && (request.resource || request.scopes.length > 0 || request.role !== null);
    return { ...answer, grants: [], request: isRequestable ? request : null };
  }
  if (!answer.grants.every((id) => offeredGrantIds.includes(id))) return denyAnswer('policy-error');
  return { ...answer, request: null };
}

interface PlainAllow {
  readonly reason: (typeof ALLOW_REASONS)[number];
  readonly grants: string[];
}

const ALLOW_REASON_SET: ReadonlySet<unknown> = new Set(ALLOW_REASONS);

/**
 * Whether it is the usual allow, without obligations: what the schema would take as it is. Everybody who is let in waits
 * for this, and the schema takes ten times as long; whatever is not plainly right here is left to the schema.
 */
function isPlainAllow(raw: unknown, offeredGrantIds: readonly string[]): raw is PlainAllow {
  if (typeof raw !== 'object' || raw === null) return false;
  const { allow, reason, grants, obligations } = raw as Record<string, unknown>;
  if (allow !== true || !ALLOW_REASON_SET.has(reason) || !Array.isArray(grants)) return false;
  if (obligations !== undefined && !isEmptyObject(obligations)) return false;
  return grants.every((id) => offeredGrantIds.includes(id as string));
}

function isEmptyObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const _ in value) return false;
  return true;
}

function denyAnswer(reason: EngineDenyReason): DecisionAnswer {
  return { allow: false, reason, grants: [], obligations: {}, request: null };
}

/** A denial that needed no policy, or got no usable answer from it. */
export function refuse(
  reason: DenyReason,
  evaluationId: string,
  nowMs: number,
  policyRevision: string | null,
): Decision {
  return {
    allow: false,
    reason,
    grants: [],
    ends_at: null,
    role: null,
    obligations: {},
    request: null,
    evaluation_id: evaluationId,
    evaluated_at: nowMs,
    policy_revision: policyRevision,
  };
}

/** The same answer as a decision of its own. */
export function repeatDecision(before: Decision, evaluationId: string, nowMs: number): Decision {
  return {
    allow: before.allow,
    reason: before.reason,
    grants: before.grants,
    ends_at: before.ends_at,
    role: before.role,
    obligations: before.obligations,
    request: before.request,
    evaluation_id: evaluationId,
    evaluated_at: nowMs,
    policy_revision: before.policy_revision,
  };
}
