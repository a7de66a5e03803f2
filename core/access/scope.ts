import { z } from 'zod';
import { opaqueId, slug } from './ids.ts';
import type { Resource, ResourceRef } from './resource.ts';

/** One rule of a Scope names one thing at one level of environment > connection > target. */
export const scopeRuleSchema = z.strictObject({
  level: z.enum(['environment', 'connection', 'target']),
  id: slug,
});
export type ScopeRule = z.infer<typeof scopeRuleSchema>;

export const scopeSchema = z.strictObject({
  id: slug,
  name: z.string().min(1).max(200),
  description: z.string().max(2000).default(''),
  rules: z.array(scopeRuleSchema).min(1).max(200),
});
export type Scope = z.infer<typeof scopeSchema>;

/** A Scope with who answers for it. Sidecars and policies have no use for that, so they never see it. */
export const ownedScopeSchema = scopeSchema.extend({
  /** Ids of people. Where the request policy counts on Scope owners, they review, if they are Admins. */
  owners: z.array(opaqueId).max(100).default([]),
});
export type OwnedScope = z.infer<typeof ownedScopeSchema>;

/** Where a resource stands in the hierarchy: itself, its Connections, and the environments of those. */
export interface Placement {
  readonly targets: readonly string[];
  readonly connections: readonly string[];
  readonly environments: readonly string[];
}

/**
 * @param findConnection looks a Connection up by id, to learn the environments a Target is in. A Connection that
 *   is not known lends no environment, so a Scope cannot cover a Target through it by environment.
 */
export function placementOf(
  resource: Pick<Resource, 'type' | 'id' | 'environment' | 'connections'>,
  findConnection: (ref: ResourceRef) => Pick<Resource, 'environment'> | undefined,
): Placement {
  if (resource.type === 'connection') {
    return {
      targets: [],
      connections: [resource.id],
      environments: resource.environment === null ? [] : [resource.environment],
    };
  }
  if (resource.type === 'target') {
    const environments = new Set<string>();
    for (const id of resource.connections) {
      const environment = findConnection({ type: 'connection', id })?.environment;
      if (environment !== undefined && environment !== null) environments.add(environment);
    }
    return { targets: [resource.id], connections: resource.connections, environments: [...environments] };
  }
  return { targets: [], connections: [], environments: [] };
}

/** A match at any level covers the resource. Features are guarded by Role, so no Scope covers one. */
export function scopeCovers(scope: Pick<Scope, 'rules'>, placement: Placement): boolean {
  return scope.rules.some((rule) => {
    if (rule.level === 'environment') return placement.environments.includes(rule.id);
    if (rule.level === 'connection') return placement.connections.includes(rule.id);
    return placement.targets.includes(rule.id);
  });
}
