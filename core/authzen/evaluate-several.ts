import type { Asker } from './asker.ts';
import type { Bench, Judge } from './bench.ts';
import {
  answerEvaluation,
  evaluateAccess,
  type AskedEvaluation,
  type DenialLinks,
  type Evaluation,
  type EvaluationResponse,
} from './evaluate-access.ts';
import type { Semantic } from './evaluations-request.ts';
import { describeProblems, type FieldProblem, type Reading } from './read-json.ts';

/** One that could not be asked: denied, with what is wrong (AuthZEN, "Access Evaluations API Response", "Errors"). */
export interface FailedEvaluation {
  readonly decision: false;
  readonly context: {
    readonly error: { readonly status: 400; readonly message: string; readonly errors: readonly FieldProblem[] };
  };
}

/** A decision, or what is wrong with the question. */
export type Outcome = Evaluation | readonly FieldProblem[];

/**
 * All of them on one bench, in the order asked, until the semantic is content. Nothing happens in between, so the facts
 * and the policy are the same for all.
 */
export function evaluateSeveral(
  items: readonly Reading<AskedEvaluation>[],
  semantic: Semantic,
  { judge, bench, asker }: { readonly judge: Judge; readonly bench: Bench; readonly asker: Asker },
): Outcome[] {
  const outcomes: Outcome[] = [];
  for (const item of items) {
    const outcome = item.ok ? evaluateAccess(item.value, judge, bench, asker) : item.problems;
    outcomes.push(outcome);
    const isPermit = 'decision' in outcome && outcome.decision.allow;
    if (semantic === (isPermit ? 'permit_on_first_permit' : 'deny_on_first_deny')) break;
  }
  return outcomes;
}

export function answerSeveral(
  outcomes: readonly Outcome[],
  links: DenialLinks,
): Promise<(EvaluationResponse | FailedEvaluation)[]> {
  return Promise.all(
    outcomes.map((outcome) => ('decision' in outcome ? answerEvaluation(outcome, links) : failed(outcome))),
  );
}

function failed(problems: readonly FieldProblem[]): FailedEvaluation {
  return {
    decision: false,
    context: { error: { status: 400, message: describeProblems(problems), errors: problems } },
  };
}
