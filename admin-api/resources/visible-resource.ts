import type { Resource } from '../../core/access/resource.ts';
import { isAtLeast } from '../../core/access/role.ts';
import type { CurrentPerson } from '../http/current-person.ts';

export type VisibleResource = Pick<Resource, 'type' | 'id' | 'name'> &
  Partial<
    Pick<Resource, 'description' | 'environment' | 'connections' | 'minimum_role' | 'discoverable' | 'attributes'>
  >;

/**
 * What a person may learn of a resource: Admins everything, others as `discoverable` says.
 * @param held whether the person has an active grant for it, and so knows it already
 * @returns null: to this person it does not exist
 */
export function visibleTo(
  resource: Resource,
  person: Pick<CurrentPerson, 'role'>,
  held: boolean,
): VisibleResource | null {
  const { type, id, name, description, environment, connections, minimum_role, discoverable } = resource;
  if (isAtLeast(person.role, 'admin')) return resource;
  if (resource.discoverable === 'full' || held) {
    return { type, id, name, description, environment, connections, minimum_role, discoverable };
  }
  return resource.discoverable === 'name' ? { type, id, name } : null;
}
