import { z } from 'zod';
import { AUDIT_TYPES, type AuditType } from '../../core/access/audit-type.ts';
import { opaqueId, slug } from '../../core/access/ids.ts';
import { resourceTypeSchema } from '../../core/access/resource.ts';
import { roleSchema } from '../../core/access/role.ts';
import { HttpProblem } from '../http/problem.ts';
import { text } from '../http/text.ts';

const KNOWN_TYPES: ReadonlySet<string> = new Set(AUDIT_TYPES);

const types = z
  .string()
  .max(2_000)
  .transform((list, context) => {
    const given = [...new Set(list.split(','))];
    const unknown = given.find((type) => !KNOWN_TYPES.has(type));
    if (unknown !== undefined) {
      context.addIssue({ code: 'custom', message: `${unknown} is no type of entry; one is ${AUDIT_TYPES[0]}` });
    }
    return given as AuditType[];
  });

/** `connection:aws-production`, `scope:staging`, `role:admin`. */
const key = z
  .string()
  .max(200)
  .refine((value) => {
    const [kind, id, ...more] = value.split(':');
    if (more.length > 0) return false;
    if (kind === 'role') return roleSchema.safeParse(id).success;
    return (kind === 'scope' || resourceTypeSchema.safeParse(kind).success) && slug.safeParse(id).success;
  }, 'must be a key such as connection:aws-production, scope:staging or role:admin');

const time = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-01-31T00:00:00Z' });

/** What a reading of the audit log may be narrowed by; all that is given must hold. */
export const auditFilterQuery = {
  type: types.optional().describe(`one type of entry, or several, with commas: ${AUDIT_TYPES.join(', ')}`),
  actor: opaqueId.optional().describe('id of the person who did it'),
  subject: opaqueId.optional().describe('id of the person it is about'),
  request_id: opaqueId.optional(),
  grant_id: opaqueId.optional(),
  evaluation_id: opaqueId.optional(),
  resource: key.optional().describe('what was asked for, given, or changed'),
  from: time.optional().describe('from this time on'),
  to: time.optional().describe('before this time'),
  q: text(200)
    .refine((value) => value === '' || /[\p{L}\p{N}]/u.test(value), 'must hold a letter or a digit')
    .optional()
    .describe('whole words of summary, reason, note and names; a star for the rest of a word; or one id'),
};

const filterSchema = z.object(auditFilterQuery);
export type AuditFilter = z.output<typeof filterSchema>;

/** @throws HttpProblem `invalid-request` for a span of time that ends before it begins */
export function assertSpan({ from, to }: AuditFilter): void {
  if (from !== undefined && to !== undefined && Date.parse(from) >= Date.parse(to)) {
    throw new HttpProblem('invalid-request', 'must be later than from', { field: 'to' });
  }
}
