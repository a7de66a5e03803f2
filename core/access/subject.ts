import { z } from 'zod';
import { opaqueId } from './ids.ts';
import { attributesSchema } from './resource.ts';
import { roleSchema } from './role.ts';

/** A person as the decision sees them: the base role, before any grant. */
export const subjectSchema = z.strictObject({
  id: opaqueId,
  /** The `sub` claim the identity provider uses for this person. */
  sub: z.string().min(1).max(255),
  email: z.email().max(254),
  name: z.string().max(200),
  role: roleSchema,
  groups: z.array(z.string().max(200)).max(500).default([]),
  attributes: attributesSchema.default({}),
  disabled: z.boolean().default(false),
});
export type Subject = z.infer<typeof subjectSchema>;
