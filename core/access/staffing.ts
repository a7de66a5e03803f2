import type { Stage } from './review-stages.ts';

/**
 * The first stage that can't be met by anybody, null when all can. One person approves once per request, so whoever is
 * needed at one stage is not free for another: people are matched to approvals, moving earlier ones along where that
 * makes room (augmenting paths, Kuhn 1955).
 * @param candidates ids of who may review at each stage
 */
export function firstUnmetStage(
  stages: readonly Pick<Stage, 'approvals_required'>[],
  candidates: readonly (readonly string[])[],
): number | null {
  const stageOf = new Map<string, number>();
  for (const [index, stage] of stages.entries()) {
    for (let approval = 0; approval < stage.approvals_required; approval += 1) {
      if (!place(index, candidates, stageOf, new Set())) return index;
    }
  }
  return null;
}

/** Finds one more person for a stage, and where everybody is taken, another stage for one of them. */
function place(
  stage: number,
  candidates: readonly (readonly string[])[],
  stageOf: Map<string, number>,
  tried: Set<string>,
): boolean {
  for (const person of candidates[stage] ?? []) {
    const taken = stageOf.get(person);
    if (taken === stage || tried.has(person)) continue;
    tried.add(person);
    if (taken === undefined || place(taken, candidates, stageOf, tried)) {
      stageOf.set(person, stage);
      return true;
    }
  }
  return false;
}
