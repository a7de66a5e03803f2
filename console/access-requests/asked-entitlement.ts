import type { AskedEntitlement } from '../api/entitlement.ts';
import { RESOURCE_TYPE_NAMES, ROLE_NAMES } from '../api/entitlement.ts';

const SLUG = /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/;

export type AskedFor =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'asked'; readonly entitlement: AskedEntitlement };

/** What the address of the form names: `?resource=connection:aws-production`, `?scope=production` or `?role=member`. */
export function readAskedFor(query: URLSearchParams): AskedFor {
  const resource = query.get('resource');
  if (resource !== null) return readResource(resource);
  const scope = query.get('scope');
  if (scope !== null) return SLUG.test(scope) ? asked({ scope_id: scope }) : { kind: 'unreadable' };
  const role = ROLE_NAMES.find((name) => name === query.get('role'));
  if (role !== undefined) return asked({ role });
  return query.has('role') ? { kind: 'unreadable' } : { kind: 'nothing' };
}

function readResource(key: string): AskedFor {
  const colon = key.indexOf(':');
  const type = RESOURCE_TYPE_NAMES.find((name) => name === key.slice(0, colon));
  const id = key.slice(colon + 1);
  return type !== undefined && SLUG.test(id) ? asked({ resource: { type, id } }) : { kind: 'unreadable' };
}

function asked(entitlement: AskedEntitlement): AskedFor {
  return { kind: 'asked', entitlement };
}

/** How an address names something: `resource=connection:aws-production`, `scope=production`, `role=member`. */
export function entitlementQuery(entitlement: AskedEntitlement): string {
  if ('resource' in entitlement) return `resource=${entitlement.resource.type}:${entitlement.resource.id}`;
  return 'scope_id' in entitlement ? `scope=${entitlement.scope_id}` : `role=${entitlement.role}`;
}

/** The address of the form for something. */
export function newRequestPath(entitlement: AskedEntitlement): string {
  return `/access-requests/new?${entitlementQuery(entitlement)}`;
}
