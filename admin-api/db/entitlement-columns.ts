import { entitlementSchema, type Entitlement } from '../../core/access/grant.ts';

/** One entitlement in the columns that access_requests and grants share. */
export interface EntitlementColumns {
  kind: string;
  resource_type: string | null;
  resource_id: string | null;
  scope_id: string | null;
  role: string | null;
}

export function entitlementToColumns(entitlement: Entitlement): EntitlementColumns {
  return {
    kind: entitlement.kind,
    resource_type: entitlement.kind === 'resource' ? entitlement.resource.type : null,
    resource_id: entitlement.kind === 'resource' ? entitlement.resource.id : null,
    scope_id: entitlement.kind === 'scope' ? entitlement.scope_id : null,
    role: entitlement.kind === 'role' ? entitlement.role : null,
  };
}

export function entitlementFromColumns(row: EntitlementColumns): Entitlement {
  if (row.kind === 'resource') {
    return entitlementSchema.parse({ kind: 'resource', resource: { type: row.resource_type, id: row.resource_id } });
  }
  if (row.kind === 'scope') return entitlementSchema.parse({ kind: 'scope', scope_id: row.scope_id });
  return entitlementSchema.parse({ kind: 'role', role: row.role });
}
