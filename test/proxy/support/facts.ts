import type { Entitlement, Grant } from '../../../core/access/grant.ts';
import { resourceSchema, type Resource } from '../../../core/access/resource.ts';
import type { Role } from '../../../core/access/role.ts';
import { subjectSchema, type Subject } from '../../../core/access/subject.ts';
import type { Fact } from '../../../core/feed/fact.ts';

export function person(
  name: string,
  role: Role = 'member',
  more: Partial<Pick<Subject, 'disabled' | 'sub' | 'email'>> = {},
): Fact {
  const value = subjectSchema.parse({
    id: `per_${name}`,
    sub: `sub-${name}`,
    email: `${name}@example.com`,
    name,
    role,
    ...more,
  });
  return { kind: 'subject', id: value.id, value };
}

export function resource(key: string, more: Partial<Resource> = {}): Fact {
  const [type, id] = key.split(':');
  return { kind: 'resource', id: key, value: resourceSchema.parse({ type, id, name: `The ${id}`, ...more }) };
}

export function scope(id: string, rules: { level: 'environment' | 'connection' | 'target'; id: string }[]): Fact {
  return { kind: 'scope', id, value: { id, name: `Scope ${id}`, description: '', rules } };
}

/** @param target a resource's key, `scope:<id>` or `role:<role>` */
export function grant(
  id: string,
  name: string,
  target: string,
  more: { readonly expiresAt?: number | null; readonly startsAt?: number } = {},
): Fact {
  const [kind, rest] = target.split(':') as [string, string];
  let entitlement: Entitlement;
  if (kind === 'scope') entitlement = { kind, scope_id: rest };
  else if (kind === 'role') entitlement = { kind, role: rest as Role };
  else entitlement = { kind: 'resource', resource: { type: kind as Resource['type'], id: rest } };
  const value: Grant = {
    id,
    subject_id: `per_${name}`,
    entitlement,
    starts_at: more.startsAt ?? 0,
    expires_at: more.expiresAt ?? null,
    request_id: null,
  };
  return { kind: 'grant', id, value };
}

export function ended(id: string): Fact {
  return { kind: 'grant', id, value: null };
}

/** One person of each kind, Connections in two environments, a Target, a feature, a hidden Connection. Nobody has a grant. */
export const TEST_FACTS: readonly Fact[] = [
  person('member'),
  person('member2'),
  person('viewer', 'viewer'),
  person('admin', 'admin'),
  person('gone', 'member', { disabled: true }),
  resource('connection:aws-production', { environment: 'production' }),
  resource('connection:aws-staging', { environment: 'staging' }),
  resource('target:billing-db', { connections: ['aws-production'] }),
  resource('feature:cost-explorer', { minimum_role: 'admin' }),
  resource('connection:payroll', { environment: 'production', discoverable: 'none' }),
  scope('staging', [{ level: 'environment', id: 'staging' }]),
  scope('production', [{ level: 'environment', id: 'production' }]),
];
