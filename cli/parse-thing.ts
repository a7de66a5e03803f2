import { RESOURCE_TYPES, type ResourceRef } from '../core/access/resource.ts';
import { ROLES, type Role } from '../core/access/role.ts';
import { CliError, EXIT } from './exit-code.ts';

export type Thing = { readonly resource: ResourceRef } | { readonly scope_id: string } | { readonly role: Role };

/**
 * `connection:aws-production`, `target:billing-db`, `feature:export`, `scope:production` or `role:admin`, as the members
 * that a request body names it by.
 * @throws CliError with the spellings there are
 */
export function parseThing(text: string): Thing {
  const colon = text.indexOf(':');
  const kind = text.slice(0, Math.max(0, colon));
  const id = text.slice(colon + 1);
  if (id !== '') {
    const type = RESOURCE_TYPES.find((one) => one === kind);
    if (type !== undefined) return { resource: { type, id } };
    if (kind === 'scope') return { scope_id: id };
    const role = kind === 'role' ? ROLES.find((one) => one === id) : undefined;
    if (role !== undefined) return { role };
  }
  throw new CliError(
    `"${text}" is nothing to ask for. Write connection:ID, target:ID, feature:ID, scope:ID or role:ROLE.`,
    EXIT.usage,
  );
}
