import type { EntitlementRecord, NamedEntitlement } from '../api/entitlement.ts';
import type { ResourceType } from '../../core/access/resource.ts';

const TYPE_WORDS: Record<ResourceType, string> = { connection: 'Connection', target: 'Target', feature: 'Feature' };

export function resourceTypeWord(type: ResourceType): string {
  return TYPE_WORDS[type];
}

/** `Admin` for `admin`: Roles are shown with a capital, as names. */
export function roleWord(role: string): string {
  return role.charAt(0).toUpperCase() + role.slice(1);
}

/** What a Role is for; empty where its name says it. */
export function roleDescription(role: string): string {
  return role === 'admin' ? 'Reviews requests, manages resources and people.' : '';
}

/** What kind of thing it is: Connection, Target, Feature, Scope or Role. */
export function entitlementKindWord(entitlement: NamedEntitlement): string {
  if (entitlement.kind === 'resource')
    return entitlement.resource ? resourceTypeWord(entitlement.resource.type) : 'Resource';
  return entitlement.kind === 'scope' ? 'Scope' : 'Role';
}

/** The name alone: `AWS production`, `Staging`, `Admin`. */
export function entitlementName(entitlement: NamedEntitlement): string {
  if (entitlement.kind === 'resource') return entitlement.resource?.name ?? 'a resource';
  if (entitlement.kind === 'scope') return entitlement.scope?.name ?? 'a Scope';
  return roleWord(entitlement.role ?? 'a Role');
}

/** For a heading: `AWS production`, `Scope Staging`, `Role Admin`. */
export function entitlementTitle(entitlement: NamedEntitlement): string {
  const name = entitlementName(entitlement);
  return entitlement.kind === 'resource' ? name : `${entitlementKindWord(entitlement)} ${name}`;
}

/** Within a sentence: `AWS production`, `the Scope Staging`, `the Role Admin`. */
export function entitlementPhrase(entitlement: NamedEntitlement): string {
  const title = entitlementTitle(entitlement);
  return entitlement.kind === 'resource' ? title : `the ${title}`;
}

/** `connection:aws-production`, `scope:staging`, `role:admin`, as logs and the API write it. */
export function entitlementKeyText(entitlement: NamedEntitlement): string {
  if (entitlement.kind === 'resource') return `${entitlement.resource?.type}:${entitlement.resource?.id}`;
  return entitlement.kind === 'scope' ? `scope:${entitlement.scope?.id}` : `role:${entitlement.role}`;
}

/** The same for the records in the audit log. */
export function recordKeyText(record: EntitlementRecord): string {
  if (record.kind === 'resource') return `${record.resource.type}:${record.resource.id}`;
  return record.kind === 'scope' ? `scope:${record.scope_id}` : `role:${record.role}`;
}
