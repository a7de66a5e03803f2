import { z } from 'zod';
import { actionEntity, contextEntity, resourceEntity, subjectEntity } from './entity.ts';
import { readEvaluationRequest, type EvaluationRequest } from './evaluation-request.ts';
import { readShape, type Reading } from './read-json.ts';

/** AuthZEN Authorization API 1.0, "Evaluations semantics". */
export const SEMANTICS = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const;
export type Semantic = (typeof SEMANTICS)[number];

/** The members at the top are defaults for every evaluation, so each may be there in part. */
const evaluationsRequestSchema = z.object({
  subject: subjectEntity.partial().optional(),
  resource: resourceEntity.partial().optional(),
  action: actionEntity.partial().optional(),
  context: contextEntity.optional(),
  evaluations: z.array(z.unknown(), { error: 'must be a list' }).optional(),
  options: z
    .looseObject(
      { evaluations_semantic: z.enum(SEMANTICS, { error: `must be one of ${SEMANTICS.join(', ')}` }).optional() },
      { error: 'must be an object' },
    )
    .optional(),
});
type Defaults = z.infer<typeof evaluationsRequestSchema>;

export type EvaluationsRequest =
  /** No list, or an empty one: the same as the Access Evaluation API. */
  | { readonly kind: 'single'; readonly request: EvaluationRequest }
  | {
      readonly kind: 'many';
      readonly semantic: Semantic;
      /** In the order asked; what is wrong with one of them concerns that one. */
      readonly items: readonly Reading<EvaluationRequest>[];
    };

/** AuthZEN, "The Access Evaluations API Request". */
export function readEvaluationsRequest(
  json: unknown,
  limits: { readonly decision_evaluations: number; readonly decision_context_chars: number },
): Reading<EvaluationsRequest> {
  const { decision_evaluations: maxCount, decision_context_chars: maxChars } = limits;
  const reading = readShape(evaluationsRequestSchema, json);
  if (!reading.ok) return reading;
  const { evaluations = [], options } = reading.value;
  if (evaluations.length === 0) {
    const single = readEvaluationRequest(json, maxChars);
    return single.ok ? { ok: true, value: { kind: 'single', request: single.value } } : single;
  }
  if (evaluations.length > maxCount) {
    return { ok: false, problems: [{ field: 'evaluations', message: `may hold ${maxCount} at the most` }] };
  }
  const items = evaluations.map((item) => readEvaluationRequest(withDefaults(item, reading.value), maxChars));
  return { ok: true, value: { kind: 'many', semantic: options?.evaluations_semantic ?? 'execute_all', items } };
}

function withDefaults(item: unknown, defaults: Defaults): unknown {
  if (!isObject(item)) return item;
  return {
    subject: entityOver(item['subject'], defaults.subject, 'type', 'id'),
    resource: entityOver(item['resource'], defaults.resource, 'type', 'id'),
    action: entityOver(item['action'], defaults.action, 'name'),
    context: item['context'] === undefined ? defaults.context : item['context'],
  };
}

/**
 * An entity replaces the default whole; only names it lacks are taken from there (certification scenario, "Batch with
 * default value merging"). So properties of one resource are never those of another.
 */
function entityOver(own: unknown, fallback: object | undefined, ...names: readonly string[]): unknown {
  if (own === undefined) return fallback;
  if (!isObject(own) || fallback === undefined) return own;
  return { ...Object.fromEntries(Object.entries(fallback).filter(([name]) => names.includes(name))), ...own };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
