import type { ScopeRule } from '../../core/access/scope.ts';
import type { Resource } from '../api/resource.ts';

export interface CoveredResource {
  readonly resource: Resource;
  /** The rules that match it, at least one. */
  readonly rules: readonly ScopeRule[];
}

/**
 * The resources that rules cover, each with the rules that match. The same as `scopeCovers` of `core/access/scope.ts`,
 * which would bring the validator into the browser; a test holds the two equal.
 * @param resources all of them: a Target is in the environments of its Connections
 */
export function coveredBy(rules: readonly ScopeRule[], resources: readonly Resource[]): CoveredResource[] {
  const connections = new Map(resources.filter(({ type }) => type === 'connection').map((one) => [one.id, one]));
  return resources.flatMap((resource) => {
    const matching = rules.filter((rule) => matches(rule, resource, connections));
    return matching.length === 0 ? [] : [{ resource, rules: matching }];
  });
}

function matches({ level, id }: ScopeRule, resource: Resource, connections: ReadonlyMap<string, Resource>): boolean {
  if (resource.type === 'connection') {
    return level === 'environment' ? resource.environment === id : level === 'connection' && resource.id === id;
  }
  // Features are guarded by Role, so no Scope covers one.
  if (resource.type === 'feature') return false;
  const through = resource.connections ?? [];
  if (level === 'target') return resource.id === id;
  if (level === 'connection') return through.includes(id);
  return through.some((connection) => connections.get(connection)?.environment === id);
}
