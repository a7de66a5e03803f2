import { z } from 'zod';
import { slug } from './ids.ts';
import { roleSchema } from './role.ts';

export const RESOURCE_TYPES = ['connection', 'target', 'feature'] as const;
export const resourceTypeSchema = z.enum(RESOURCE_TYPES);
export type ResourceType = z.infer<typeof resourceTypeSchema>;

export const resourceRefSchema = z.strictObject({ type: resourceTypeSchema, id: slug });
export type ResourceRef = z.infer<typeof resourceRefSchema>;

/** What a person without access may learn of a resource. `none`: not even that it exists. */
export const discoverableSchema = z.enum(['full', 'name', 'none']);
export type Discoverable = z.infer<typeof discoverableSchema>;

/** Free facts for policies; small on purpose, because every decision about the resource carries them. */
export const attributesSchema = z
  .record(z.string().max(100), z.json())
  .refine((value) => JSON.stringify(value).length <= 4096, {
    message: 'may take 4096 characters of JSON at the most',
  });

export const resourceSchema = z.strictObject({
  type: resourceTypeSchema,
  id: slug,
  name: z.string().min(1).max(200),
  description: z.string().max(2000).default(''),
  /** Environment of a Connection; null for Targets (they have those of their Connections) and features. */
  environment: slug.nullable().default(null),
  /** Ids of the Connections a Target lives in; empty for the other types. */
  connections: z.array(slug).max(100).default([]),
  /** The role needed without a grant for this very resource. */
  minimum_role: roleSchema.default('viewer'),
  discoverable: discoverableSchema.default('full'),
  attributes: attributesSchema.default({}),
});
export type Resource = z.infer<typeof resourceSchema>;

/** `connection:aws-production` */
export type ResourceKey = `${ResourceType}:${string}`;

export function resourceKey(resource: ResourceRef): ResourceKey {
  return `${resource.type}:${resource.id}`;
}

/** Reads `connection:aws-production`; null when it is no resource key. */
export function parseResourceKey(text: string): ResourceRef | null {
  const colon = text.indexOf(':');
  const parsed = resourceRefSchema.safeParse({ type: text.slice(0, colon), id: text.slice(colon + 1) });
  return colon > 0 && parsed.success ? parsed.data : null;
}
