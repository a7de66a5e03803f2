import { z } from 'zod';
import { grantSchema } from '../access/grant.ts';
import { opaqueId } from '../access/ids.ts';
import { resourceKey, resourceSchema } from '../access/resource.ts';
import { scopeSchema } from '../access/scope.ts';
import { subjectSchema } from '../access/subject.ts';

const OWN_ID = { message: "must be the id of the value, or the replica's indexes would part", path: ['id'] };

/**
 * One whole fact, never a diff: `value` is all there is to know of it now, null that it is gone.
 * `id` of a resource is its key, `connection:aws-production`.
 */
export const factSchema = z.discriminatedUnion('kind', [
  z
    .strictObject({ kind: z.literal('subject'), id: opaqueId, value: subjectSchema.nullable() })
    .refine(({ id, value }) => value === null || value.id === id, OWN_ID),
  z
    .strictObject({ kind: z.literal('resource'), id: z.string().max(120), value: resourceSchema.nullable() })
    .refine(({ id, value }) => value === null || resourceKey(value) === id, OWN_ID),
  z
    .strictObject({ kind: z.literal('scope'), id: z.string().max(100), value: scopeSchema.nullable() })
    .refine(({ id, value }) => value === null || value.id === id, OWN_ID),
  z
    .strictObject({ kind: z.literal('grant'), id: opaqueId, value: grantSchema.nullable() })
    .refine(({ id, value }) => value === null || value.id === id, OWN_ID),
]);
export type Fact = z.infer<typeof factSchema>;
