import { higherRole, type Role } from '../../core/access/role.ts';
import type { OidcConfig } from './oidc-config.ts';

const MAX_GROUPS = 500;
const MAX_GROUP_CHARS = 200;

export type Claims = Readonly<Record<string, unknown>>;

/** What the provider decides of a person; undefined: it is kept by hand. */
export interface MappedClaims {
  readonly groups: readonly string[] | undefined;
  readonly role: Role | undefined;
}

type MappingConfig = Pick<OidcConfig, 'groups_claim' | 'role_claim' | 'role_mapping' | 'default_role'>;

/**
 * Groups and role as the claims have them. A claim that is missing says the same as an empty one, for that is how
 * providers say that there is nothing; so who has lost the last group has lost what came with it.
 */
export function mapClaims(claims: Claims, config: MappingConfig): MappedClaims {
  return { groups: groupsOf(claims, config), role: roleOf(claims, config) };
}

/** Whether all that is mapped is in these claims; otherwise another source has to be asked. */
export function hasMappedClaims(claims: Claims, config: MappingConfig): boolean {
  return [config.groups_claim, config.role_claim].every(
    (name) => name === undefined || find(claims, name) !== undefined,
  );
}

function groupsOf(claims: Claims, { groups_claim: name }: MappingConfig): readonly string[] | undefined {
  if (name === undefined || isElsewhere(claims, name)) return undefined;
  const groups = valuesOf(claims, name).filter((group) => group !== '' && group.length <= MAX_GROUP_CHARS);
  return [...new Set(groups)].toSorted().slice(0, MAX_GROUPS);
}

function roleOf(claims: Claims, config: MappingConfig): Role | undefined {
  const { role_claim: name, role_mapping: mapping } = config;
  if (name === undefined || mapping === undefined || isElsewhere(claims, name)) return undefined;
  const table = new Map(Object.entries(mapping));
  const roles = valuesOf(claims, name).flatMap((value) => table.get(value) ?? []);
  return roles.length === 0 ? config.default_role : roles.reduce(higherRole);
}

/** A distributed claim (OpenID Connect Core 1.0 section 5.6.2): there is something, and it is not here. */
function isElsewhere(claims: Claims, name: string): boolean {
  const names = claims['_claim_names'];
  return typeof names === 'object' && names !== null && Object.hasOwn(names, name);
}

function valuesOf(claims: Claims, name: string): string[] {
  const value = find(claims, name);
  return (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === 'string');
}

/** The claim of that very name, which may hold dots, or else what the dots lead to: `realm_access.roles`. */
function find(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name.split('.').reduce<unknown>((at, part) => {
    const isThere = typeof at === 'object' && at !== null && Object.hasOwn(at, part);
    return isThere ? (at as Record<string, unknown>)[part] : undefined;
  }, claims);
}
