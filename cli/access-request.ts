import { z } from 'zod';
import { REQUEST_STATUSES } from '../core/access/access-request.ts';
import { durationText } from './parse-duration.ts';

const person = z.object({ name: z.string(), email: z.string() });
const entitlement = {
  kind: z.enum(['resource', 'scope', 'role']),
  resource: z.object({ type: z.string(), id: z.string() }).nullable(),
  scope: z.object({ id: z.string() }).nullable(),
  role: z.string().nullable(),
};
const grantSchema = z.looseObject({
  id: z.string(),
  state: z.string(),
  expires_at: z.string().nullable(),
  starts_at: z.string(),
  ...entitlement,
});

/** What the commands read of the API's answers; the rest passes through to `--json`. */
export const requestSchema = z.looseObject({
  id: z.string(),
  status: z.enum(REQUEST_STATUSES),
  requester: person,
  ...entitlement,
  reason: z.string(),
  duration_seconds: z.number().nullable(),
  until: z.string().nullable().default(null),
  submitted_at: z.string(),
  pending_until: z.string(),
  joined: z.boolean().default(false),
  in_effect: z.boolean(),
  reviews: z.array(z.object({ reviewer: person.nullable(), verdict: z.string(), note: z.string().nullable() })),
  grant: grantSchema.nullable(),
  bundle: z.array(z.object({ id: z.string() })).default([]),
});
export type AccessRequest = z.output<typeof requestSchema>;
export type Grant = z.output<typeof grantSchema>;

export const requestPageSchema = z.object({ items: z.array(requestSchema), next_cursor: z.string().nullable() });
export const meSchema = z.looseObject({
  name: z.string(),
  email: z.string(),
  role: z.string(),
  base_role: z.string(),
  grants: z.array(grantSchema),
  sidecar_urls: z.array(z.string()),
});

/** `connection:aws-production` */
export function thingText(thing: Pick<AccessRequest, 'kind' | 'resource' | 'scope' | 'role'>): string {
  if (thing.resource !== null) return `${thing.resource.type}:${thing.resource.id}`;
  return thing.scope === null ? `role:${thing.role}` : `scope:${thing.scope.id}`;
}

export function lengthText(request: Pick<AccessRequest, 'duration_seconds' | 'until'>): string {
  return request.until === null ? durationText(request.duration_seconds) : `until ${localTime(request.until)}`;
}

/** In the zone of this machine, which is the person's. */
export function localTime(time: string): string {
  return new Date(time).toLocaleString('sv-SE', { timeZoneName: 'short' });
}

/** What became of a request, in one sentence. */
export function outcomeText(request: AccessRequest): string {
  const thing = thingText(request);
  const note = request.reviews.find((review) => review.verdict === 'deny')?.note;
  switch (request.status) {
    case 'approved': {
      const end = request.grant?.expires_at;
      return `Approved: ${request.grant === null ? thing : thingText(request.grant)}${end ? ` until ${localTime(end)}` : ''}.`;
    }
    case 'denied':
      return `Denied: ${thing}. ${note ? `Reason: ${note}` : 'No reason was given.'}`;
    case 'expired':
      return `Nobody decided about ${thing} in time. Ask again if you still need it.`;
    case 'cancelled':
      return `The request for ${thing} was cancelled.`;
    case 'pending':
      return `Waiting: ${thing}, until ${localTime(request.pending_until)}.`;
  }
}
