import { z } from 'zod';

const person = z.object({ id: z.string(), email: z.string(), name: z.string() });

/** An entry as the API answers it: exactly what is hashed, and its hash. */
export const auditEventSchema = z.object({
  sequence: z.int(),
  id: z.string(),
  time: z.iso.datetime(),
  type: z.string(),
  actor: person.nullable(),
  subject: person.nullable(),
  request_id: z.string().nullable(),
  grant_id: z.string().nullable(),
  evaluation_id: z.string().nullable(),
  summary: z.string(),
  details: z.record(z.string(), z.unknown()),
  previous_hash: z.string(),
  hash: z.string(),
});
