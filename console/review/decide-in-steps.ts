import { ApiProblem } from '../api/api-problem.ts';
import type { BulkDecision, BulkResult } from '../api/review-queue.ts';

/** Small enough that progress is seen and a lost connection loses little, large enough to be quick. */
export const STEP_SIZE = 5;

export interface RowOutcome {
  /** `unsent`: no answer came, so nobody knows; sending again is safe. */
  readonly outcome: BulkResult['outcome'] | 'unsent';
  /** Why not; null where it went well. */
  readonly message: string | null;
}

/**
 * Decides many requests, a few at a time, and tells after each step how it went.
 * @param send one step; called again with the same decision it must repeat, not do it twice
 */
export async function decideInSteps(
  decision: BulkDecision,
  send: (step: BulkDecision) => Promise<{ readonly results: readonly BulkResult[] }>,
  tell: (outcomes: ReadonlyMap<string, RowOutcome>) => void,
): Promise<void> {
  for (let start = 0; start < decision.ids.length; start += STEP_SIZE) {
    const ids = decision.ids.slice(start, start + STEP_SIZE);
    try {
      // One after the other: the next step is not sent into a connection that is known to be lost.
      // oxlint-disable-next-line no-await-in-loop
      const { results } = await send({ ...decision, ids });
      tell(new Map(results.map((result) => [result.id, toOutcome(result)])));
    } catch (error) {
      const rest = decision.ids.slice(start);
      const message = error instanceof ApiProblem ? error.message : 'No answer came from the server.';
      tell(new Map(rest.map((id) => [id, { outcome: 'unsent', message }])));
      return;
    }
  }
}

function toOutcome({ outcome, problem }: BulkResult): RowOutcome {
  return {
    outcome,
    message: outcome === 'refused' ? (problem?.detail ?? problem?.title ?? 'The server refused it.') : null,
  };
}

/** `4 approved, 1 refused`, in the order in which one asks. */
export function outcomeWords(outcomes: readonly RowOutcome[]): string {
  const words = [
    ['approved', 'approved'],
    ['denied', 'denied'],
    ['recorded', 'waiting for more approvals'],
    ['refused', 'refused'],
    ['unsent', 'not sent'],
  ] as const;
  return words
    .map(([kind, text]) => [outcomes.filter(({ outcome }) => outcome === kind).length, text] as const)
    .filter(([count]) => count > 0)
    .map(([count, text]) => `${count} ${text}`)
    .join(', ');
}
