import { z } from 'zod';
import type { RequestContext } from '../decision/decision-input.ts';
import { actionEntity, contextEntity, resourceEntity, subjectEntity } from './entity.ts';
import { readShape, type Reading } from './read-json.ts';

/** AuthZEN Authorization API 1.0, "The Access Evaluation API Request". */
export const evaluationRequestSchema = z.object({
  subject: subjectEntity,
  resource: resourceEntity,
  action: actionEntity,
  context: contextEntity.optional(),
});
export type EvaluationRequest = z.infer<typeof evaluationRequestSchema>;

/** @param maxChars of what the caller adds to the question: context and properties as JSON */
export function readEvaluationRequest(json: unknown, maxChars: number): Reading<EvaluationRequest> {
  const reading = readShape(evaluationRequestSchema, json);
  return reading.ok ? boundAdditions(reading.value, reading.value, maxChars) : reading;
}

/** What may be said beside the names in a question or a search. */
export interface Additions {
  readonly subject?: Additional | undefined;
  readonly resource?: Additional | undefined;
  readonly action?: Additional | undefined;
  readonly context?: unknown;
}
interface Additional {
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
}

/** The policy reads the additions anew for every question, so they are few. */
export function boundAdditions<T>(value: T, additions: Additions, maxChars: number): Reading<T> {
  const { subject, resource, action, context } = additions;
  const added = [subject?.properties, resource?.properties, action?.properties, context];
  const chars = added.reduce((sum: number, one) => sum + (one === undefined ? 0 : JSON.stringify(one).length), 0);
  if (chars <= maxChars) return { ok: true, value };
  const message = `Context and properties of one question may take ${maxChars} characters of JSON together.`;
  return { ok: false, problems: [{ field: '', message }] };
}

/**
 * `input.context` of a question that an app asks. What the app says of the entities stands apart, in `properties`, and
 * never among what the control plane says of them (law 12).
 */
export function contextOf({ subject, resource, action, context }: EvaluationRequest): RequestContext {
  return {
    ...context,
    path: context?.path ?? null,
    host: context?.host ?? null,
    source_ip: context?.source_ip ?? null,
    properties: {
      subject: subject.properties ?? {},
      resource: resource.properties ?? {},
      action: action.properties ?? {},
    },
  };
}
