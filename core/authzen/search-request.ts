import { z } from 'zod';
import { actionEntity, contextEntity, resourceEntity, subjectEntity } from './entity.ts';
import { boundAdditions } from './evaluation-request.ts';
import { readShape, type Reading } from './read-json.ts';

export const SEARCHED = ['subject', 'resource', 'action'] as const;
/** What is looked for. */
export type Searched = (typeof SEARCHED)[number];

const page = z
  .object(
    {
      token: z.string({ error: 'must be text' }).max(2048, 'is no token of ours').optional(),
      limit: z.int({ error: 'must be a whole number' }).min(0, 'must not be negative').optional(),
      properties: z.record(z.string(), z.unknown(), { error: 'must be an object' }).optional(),
    },
    { error: 'must be an object' },
  )
  .optional();

const rest = { context: contextEntity.optional(), page };

/** AuthZEN Authorization API 1.0, "Search APIs". The id of what is looked for is passed over where it is given. */
const SCHEMAS = {
  subject: z.object({
    subject: subjectEntity.omit({ id: true }),
    resource: resourceEntity,
    action: actionEntity,
    ...rest,
  }),
  resource: z.object({
    subject: subjectEntity,
    resource: resourceEntity.omit({ id: true }),
    action: actionEntity,
    ...rest,
  }),
  action: z.object({ subject: subjectEntity, resource: resourceEntity, ...rest }),
} as const;

export type SearchRequest =
  | ({ readonly searched: 'subject' } & z.infer<typeof SCHEMAS.subject>)
  | ({ readonly searched: 'resource' } & z.infer<typeof SCHEMAS.resource>)
  | ({ readonly searched: 'action' } & z.infer<typeof SCHEMAS.action>);

/** @param maxChars of context and properties as JSON */
export function readSearchRequest(searched: Searched, json: unknown, maxChars: number): Reading<SearchRequest> {
  const reading: Reading<object> = readShape<object>(SCHEMAS[searched], json);
  if (!reading.ok) return reading;
  const request = { searched, ...reading.value } as SearchRequest;
  return boundAdditions(request, request, maxChars);
}
