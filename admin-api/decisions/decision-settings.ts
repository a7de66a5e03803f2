import { z } from 'zod';
import type { AuthzenLimits } from '../../core/authzen/authzen-limits.ts';

const bound = (standard: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(standard);

/** Settings of the control plane's decision API, as environment variables; the sidecar's have the same defaults. */
export const decisionEnvironment = {
  HALLPASS_DECISION_TOKEN: z
    .string()
    .min(16)
    .regex(/^[\x21-\x7e]+$/, 'must be visible ASCII characters')
    .optional()
    .describe('lets programs ask the decision API about everybody'),
  HALLPASS_DECISION_ACTIONS: z
    .string()
    .default('read,write,connect,admin')
    .transform((text) => text.split(',').map((name) => name.trim()))
    .pipe(z.array(z.string().min(1).max(64)).max(100)),
  HALLPASS_DECISION_BODY_BYTES: bound(65_536, 1_024, 16_777_216),
  HALLPASS_DECISION_JSON_DEPTH: bound(32, 8, 1_000),
  HALLPASS_DECISION_CONTEXT_CHARS: bound(8_192, 256, 1_048_576),
  HALLPASS_DECISION_EVALUATIONS: bound(100, 1, 10_000),
  HALLPASS_DECISION_SEARCH_CANDIDATES: bound(1_000, 1, 100_000),
  HALLPASS_DECISION_SEARCH_RESULTS: bound(100, 1, 100_000),
};

const schema = z.object(decisionEnvironment);

export interface DecisionSettings {
  /** null: only people ask, with tokens and sessions of their own. */
  readonly token: string | null;
  /** What a search for actions asks about. */
  readonly actions: readonly string[];
  readonly bodyBytes: number;
  readonly limits: AuthzenLimits;
}

/** As long as a sidecar holds its event loop for anything. */
const SLICE_MS = 4;

export function decisionSettingsOf(env: z.output<typeof schema>): DecisionSettings {
  return {
    token: env.HALLPASS_DECISION_TOKEN ?? null,
    actions: env.HALLPASS_DECISION_ACTIONS,
    bodyBytes: env.HALLPASS_DECISION_BODY_BYTES,
    limits: {
      decision_json_depth: env.HALLPASS_DECISION_JSON_DEPTH,
      decision_context_chars: env.HALLPASS_DECISION_CONTEXT_CHARS,
      decision_evaluations: env.HALLPASS_DECISION_EVALUATIONS,
      decision_search_candidates: env.HALLPASS_DECISION_SEARCH_CANDIDATES,
      decision_search_results: env.HALLPASS_DECISION_SEARCH_RESULTS,
      slice_ms: SLICE_MS,
    },
  };
}
