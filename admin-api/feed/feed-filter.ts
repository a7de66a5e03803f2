import { resourceKey } from '../../core/access/resource.ts';
import type { Fact } from '../../core/feed/fact.ts';
import { matchesAnyPattern } from '../../core/feed/resource-pattern.ts';
import type { ResourceKey } from '../../core/access/resource.ts';

/**
 * What of a change concerns a sidecar that serves these resources (law 11). Connections always go along: a Target's
 * environment is that of its Connections. People, Scopes and grants of Scopes and Roles go to everybody.
 */
export function concernsSidecar(fact: Fact, patterns: readonly string[]): boolean {
  if (fact.kind === 'resource') {
    return fact.id.startsWith('connection:') || matchesAnyPattern(patterns, fact.id as ResourceKey);
  }
  // An ended grant no longer says what it was for; taking away what was never there does no harm.
  if (fact.kind !== 'grant' || fact.value === null) return true;
  const { entitlement } = fact.value;
  return entitlement.kind !== 'resource' || matchesAnyPattern(patterns, resourceKey(entitlement.resource));
}
