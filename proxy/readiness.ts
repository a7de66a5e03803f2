import type { Readiness } from '../core/process/ops-server.ts';
import type { FactSource } from './facts/fact-source.ts';
import type { FactsFeed } from './facts/facts-feed.ts';
import type { TrustedClock } from './facts/trusted-clock.ts';
import type { PolicyHolder } from './policy/policy-holder.ts';

export interface ReadinessParts {
  readonly policy: PolicyHolder;
  readonly facts: FactSource;
  readonly clock: TrustedClock;
  readonly feed: FactsFeed;
}

/** A policy that is refused while an older one serves does not make the sidecar unready; it is told all the same. */
export function readinessOf({ policy, facts, feed, clock }: ReadinessParts): Readiness {
  const missing: string[] = [];
  const { engine, problem, storeProblem } = policy;
  if (engine === null) missing.push(problem === null ? 'policy' : `policy: ${problem.message}`);
  const state = facts.inUse();
  if (state === 'facts-missing') missing.push('facts: no snapshot has arrived yet');
  if (state === 'facts-stale') missing.push(`facts: ${facts.staleness}`);
  const warnings = [...clock.warnings];
  if (feed.problem !== null) warnings.push(`the feed is not connected: ${feed.problem}`);
  if (engine !== null && problem !== null) warnings.push(`the newest policy is not in use: ${problem.message}`);
  if (storeProblem !== null) warnings.push(`the policy could not be kept for the next start: ${storeProblem}`);
  return { ready: missing.length === 0, missing, warnings };
}
