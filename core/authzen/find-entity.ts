import { RESOURCE_TYPES, type Resource, type ResourceType } from '../access/resource.ts';
import type { Subject } from '../access/subject.ts';
import type { Facts } from '../feed/facts.ts';

/** The one type of subject there is. */
export const SUBJECT_TYPE = 'user';

/** By id, `sub` or email; nobody when these name different people. */
export function findSubject(
  facts: Facts,
  { type, id }: { readonly type: string; readonly id: string },
): Subject | null {
  if (type !== SUBJECT_TYPE) return null;
  const found = new Set<Subject>();
  for (const subject of [facts.subject(id), facts.subjectBySub(id), facts.subjectByEmail(id)]) {
    if (subject !== undefined) found.add(subject);
  }
  const [only] = found;
  return found.size === 1 && only !== undefined ? only : null;
}

/** By one of our types, or a feature by the type that the app knows it by. */
export function findResource(
  facts: Facts,
  { type, id }: { readonly type: string; readonly id: string },
): Resource | null {
  const resource = facts.resource(`${isOurType(type) ? type : 'feature'}:${id}`);
  return resource !== undefined && isOfType(resource, type) ? resource : null;
}

/**
 * Whether an app that says `type` may mean this resource. A feature is what apps have things of their own as, and the
 * control plane may give it the app's word for it: the attribute `authzen_type`. One of our own types can't be taken so.
 */
export function isOfType(resource: Resource, type: string): boolean {
  if (isOurType(type)) return resource.type === type;
  return resource.type === 'feature' && resource.attributes['authzen_type'] === type;
}

function isOurType(type: string): type is ResourceType {
  return (RESOURCE_TYPES as readonly string[]).includes(type);
}
