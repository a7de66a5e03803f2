import { z } from 'zod';

const missing = (what: string) => ({
  error: ({ input }: { readonly input?: unknown }) => (input === undefined ? 'is missing' : `must be ${what}`),
});

const text = (max: number) =>
  z.string(missing('text')).min(1, 'must not be empty').max(max, `may take ${max} characters at the most`);

const properties = z.record(z.string(), z.unknown(), missing('an object')).optional();

/** AuthZEN Authorization API 1.0, "Subject". Ids: the person's own, their `sub` or their email. */
export const subjectEntity = z.object({ type: text(64), id: text(255), properties }, missing('an object'));
export type SubjectEntity = z.infer<typeof subjectEntity>;

/** AuthZEN, "Resource". */
export const resourceEntity = z.object({ type: text(64), id: text(255), properties }, missing('an object'));
export type ResourceEntity = z.infer<typeof resourceEntity>;

/** AuthZEN, "Action". */
export const actionEntity = z.object({ name: text(64), properties }, missing('an object'));
export type ActionEntity = z.infer<typeof actionEntity>;

/** AuthZEN, "Context": free, but for what the policy knows the shape of (docs/policy-input.md). */
export const contextEntity = z.looseObject(
  {
    path: z.string(missing('text')).max(8192).nullable().optional(),
    host: z.string(missing('text')).max(255).nullable().optional(),
    source_ip: z.string(missing('text')).max(64).nullable().optional(),
  },
  missing('an object'),
);
export type ContextEntity = z.infer<typeof contextEntity>;
