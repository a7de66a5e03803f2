import type { Stage } from '../api/access-request.ts';
import type { Person } from '../api/person.ts';
import { roleWord } from '../elements/entitlement-words.ts';

/** `Admin or Owner`, `Mia Member`, `the owners of the Scope` */
export function reviewerWords({ reviewers: { roles, people, scope_owners: owners } }: Stage): string {
  const words = [
    ...(roles.length > 0 ? [`role ${roles.map(roleWord).join(' or ')}`] : []),
    ...people.map(({ name, email }) => name || email),
    ...(owners ? ['an owner of the Scope'] : []),
  ];
  return words.length === 0 ? 'nobody' : words.join(' or ');
}

/** `Waits for Ada, Omar and 3 more.` */
export function awaitingWords(awaiting: readonly Person[] = [], count = awaiting.length): string {
  const shown = awaiting.slice(0, 3).map(({ name, email }) => name || email);
  if (shown.length === 0) return 'Nobody can decide this at the moment.';
  const more = count - shown.length;
  const last = more > 0 ? `${more} more` : shown.length > 1 ? shown.pop() : undefined;
  return `Waits for ${shown.join(', ')}${last === undefined ? '' : ` and ${last}`}.`;
}
