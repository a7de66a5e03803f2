import { z } from 'zod';
import { parseResourceKey, RESOURCE_TYPES, type ResourceKey } from '../access/resource.ts';

/** `connection:aws-production`, `feature:*` or `*`: which resources a sidecar serves, or a feed credential may see. */
export const resourcePatternSchema = z
  .string()
  .max(120)
  .refine(
    (text) => text === '*' || RESOURCE_TYPES.some((type) => text === `${type}:*`) || parseResourceKey(text) !== null,
    {
      message: 'must be a resource key such as connection:aws-production, a type such as feature:*, or *',
    },
  );

export function matchesPattern(pattern: string, key: ResourceKey): boolean {
  if (pattern === '*' || pattern === key) return true;
  return pattern.endsWith(':*') && key.startsWith(pattern.slice(0, -1));
}

export function matchesAnyPattern(patterns: readonly string[], key: ResourceKey): boolean {
  return patterns.some((pattern) => matchesPattern(pattern, key));
}

/** Whether everything `inner` matches is matched by `outer` too. */
export function coversPattern(outer: readonly string[], inner: string): boolean {
  return outer.some((pattern) => {
    if (pattern === '*' || pattern === inner) return true;
    return pattern.endsWith(':*') && inner !== '*' && inner.startsWith(pattern.slice(0, -1));
  });
}
