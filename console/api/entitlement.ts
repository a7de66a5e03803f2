import type { ResourceType } from '../../core/access/resource.ts';
import type { Role } from '../../core/access/role.ts';

export type EntitlementKind = 'resource' | 'scope' | 'role';

export interface NamedResource {
  readonly type: ResourceType;
  readonly id: string;
  readonly name: string;
}

export interface NamedScope {
  readonly id: string;
  readonly name: string;
}

/** What a grant gives or a request asks for, with the names people know it by. Exactly one of the three is set. */
export interface NamedEntitlement {
  readonly kind: EntitlementKind;
  readonly resource: NamedResource | null;
  readonly scope: NamedScope | null;
  readonly role: Role | null;
}

/** As the API takes it in a request body: one of the three members. */
export type AskedEntitlement =
  | { readonly resource: { readonly type: ResourceType; readonly id: string } }
  | { readonly scope_id: string }
  | { readonly role: Role };

/** As audit details carry it. */
export type EntitlementRecord =
  | { readonly kind: 'resource'; readonly resource: { readonly type: ResourceType; readonly id: string } }
  | { readonly kind: 'scope'; readonly scope_id: string }
  | { readonly kind: 'role'; readonly role: Role };

export const RESOURCE_TYPE_NAMES: readonly ResourceType[] = ['connection', 'target', 'feature'];

/** Lowest first. */
export const ROLE_NAMES: readonly Role[] = ['viewer', 'member', 'admin', 'owner'];
