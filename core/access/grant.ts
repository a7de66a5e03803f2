import { z } from 'zod';
import { opaqueId, slug } from './ids.ts';
import { resourceRefSchema } from './resource.ts';
import { roleSchema } from './role.ts';

/** Milliseconds since the Unix epoch. On the wire of the public APIs times are RFC 3339; inside they are numbers. */
export const epochMs = z.int().min(0);

/** What a grant gives, and what a request asks for: one resource, membership of one Scope, or a Role. */
export const entitlementSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('resource'), resource: resourceRefSchema }),
  z.strictObject({ kind: z.literal('scope'), scope_id: slug }),
  z.strictObject({ kind: z.literal('role'), role: roleSchema }),
]);
export type Entitlement = z.infer<typeof entitlementSchema>;

/** A grant that has not been ended, as the feed carries it. */
export const grantSchema = z.strictObject({
  id: opaqueId,
  subject_id: opaqueId,
  entitlement: entitlementSchema,
  starts_at: epochMs,
  /** null: permanent. */
  expires_at: epochMs.nullable(),
  request_id: opaqueId.nullable(),
});
export type Grant = z.infer<typeof grantSchema>;

export type GrantEndReason = 'expired' | 'revoked' | 'given-up';
export type GrantState = 'scheduled' | 'active' | GrantEndReason;

/** Active means `starts_at <= now < expires_at`: at the very millisecond of its end a grant counts no more (law 2). */
export function isActive(grant: Pick<Grant, 'starts_at' | 'expires_at'>, nowMs: number): boolean {
  return grant.starts_at <= nowMs && (grant.expires_at === null || nowMs < grant.expires_at);
}

/** The state people see; time decides, also before the worker has recorded the end. */
export function grantState(
  grant: Pick<Grant, 'starts_at' | 'expires_at'> & { readonly end_reason: GrantEndReason | null },
  nowMs: number,
): GrantState {
  if (grant.end_reason !== null) return grant.end_reason;
  if (grant.expires_at !== null && nowMs >= grant.expires_at) return 'expired';
  return nowMs < grant.starts_at ? 'scheduled' : 'active';
}

/** How a grant came to be. */
export const GRANT_ORIGINS = ['request', 'automatic', 'assignment', 'break-glass'] as const;
export type GrantOrigin = (typeof GRANT_ORIGINS)[number];

/** Two hours: below it a warning one hour ahead would come too early to mean anything. */
const SHORT_GRANT_MS = 7_200_000;
const WARNING_LEAD_MS = 3_600_000;

/** When to warn the holder: one hour before the end, or at half-time of grants shorter than two hours. Null: never. */
export function warningTime(grant: Pick<Grant, 'starts_at' | 'expires_at'>): number | null {
  if (grant.expires_at === null) return null;
  const length = grant.expires_at - grant.starts_at;
  return length < SHORT_GRANT_MS ? grant.starts_at + Math.floor(length / 2) : grant.expires_at - WARNING_LEAD_MS;
}

/** `connection:aws-production`, `scope:production` or `role:admin`: one spelling for logs, audit and UI. */
export function entitlementKey(entitlement: Entitlement): string {
  if (entitlement.kind === 'resource') return `${entitlement.resource.type}:${entitlement.resource.id}`;
  return entitlement.kind === 'scope' ? `scope:${entitlement.scope_id}` : `role:${entitlement.role}`;
}
