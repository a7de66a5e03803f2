import { slug } from '../../core/access/ids.ts';
import type { Entitlement } from '../../core/access/grant.ts';
import { resourceRefSchema, type ResourceRef } from '../../core/access/resource.ts';
import { roleSchema, type Role } from '../../core/access/role.ts';
import { AccessError } from '../../core/access/errors.ts';

/** How bodies name an entitlement: exactly one of these members. */
export const askedForShape = {
  resource: resourceRefSchema.optional(),
  scope_id: slug.optional(),
  role: roleSchema.optional(),
};

export interface AskedFor {
  readonly resource?: ResourceRef | undefined;
  readonly scope_id?: string | undefined;
  readonly role?: Role | undefined;
}

/** @throws AccessError `invalid-value` unless exactly one is named */
export function toEntitlement(asked: AskedFor): Entitlement {
  const entitlement = toOptionalEntitlement(asked);
  if (entitlement === undefined) {
    throw new AccessError('invalid-value', 'Name what is asked for: resource, scope_id or role.', {
      field: 'resource',
    });
  }
  return entitlement;
}

/** @throws AccessError `invalid-value` when more than one is named */
export function toOptionalEntitlement(asked: AskedFor): Entitlement | undefined {
  const found: Entitlement[] = [];
  if (asked.resource !== undefined) found.push({ kind: 'resource', resource: asked.resource });
  if (asked.scope_id !== undefined) found.push({ kind: 'scope', scope_id: asked.scope_id });
  if (asked.role !== undefined) found.push({ kind: 'role', role: asked.role });
  if (found.length > 1) {
    throw new AccessError('invalid-value', 'Name one of resource, scope_id and role, not several.', {
      field: asked.scope_id === undefined ? 'role' : 'scope_id',
    });
  }
  return found[0];
}
