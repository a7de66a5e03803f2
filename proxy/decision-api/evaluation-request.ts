import { z } from 'zod';
import { RESOURCE_TYPES } from '../../core/access/resource.ts';

const properties = z.record(z.string(), z.json()).optional();

/**
 * An Access Evaluation request (AuthZEN Authorization API 1.0, "The Access Evaluation API Request"). Properties are taken
 * and not used: what the policy knows of people and resources comes from the control plane, not from the caller.
 */
export const evaluationRequestSchema = z.object({
  subject: z.object({
    type: z.literal('user', { error: 'must be "user"' }),
    /** The person's id, `sub` or email. */
    id: z.string().min(1).max(255),
    properties,
  }),
  resource: z.object({
    type: z.enum(RESOURCE_TYPES, { error: `must be one of ${RESOURCE_TYPES.join(', ')}` }),
    id: z.string().min(1).max(100),
    properties,
  }),
  action: z.object({ name: z.string().min(1).max(64), properties }),
  context: z
    .looseObject({
      path: z.string().max(8192).nullable().optional(),
      host: z.string().max(255).nullable().optional(),
      source_ip: z.string().max(64).nullable().optional(),
    })
    .optional(),
});
export type EvaluationRequest = z.infer<typeof evaluationRequestSchema>;

export interface FieldProblem {
  /** `resource.type`; empty for the body itself. */
  readonly field: string;
  readonly message: string;
}

export type EvaluationReading =
  | { readonly ok: true; readonly request: EvaluationRequest }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

export function readEvaluationRequest(body: string): EvaluationReading {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { ok: false, problems: [{ field: '', message: 'The body is not JSON.' }] };
  }
  const parsed = evaluationRequestSchema.safeParse(json);
  if (parsed.success) return { ok: true, request: parsed.data };
  return {
    ok: false,
    problems: parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message })),
  };
}
