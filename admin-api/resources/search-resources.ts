import type { Resource } from '../../core/access/resource.ts';
import type { Knex } from '../db/knex.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import { listVisibleResources } from './list-visible-resources.ts';
import { visibleTo, type VisibleResource } from './visible-resource.ts';

/** Resources that this person may ask for by what they may know of them; those they only hold are not looked for. */
export async function searchResources(
  knex: Knex,
  person: CurrentPerson,
  search: string | undefined,
  limit: number,
): Promise<{ readonly resource: Resource; readonly seen: VisibleResource }[]> {
  const nobody: ReadonlySet<string> = new Set();
  const rows = await listVisibleResources(knex, person, nobody, { search }, { after: null, limit });
  return rows.slice(0, limit).flatMap((resource) => {
    const seen = visibleTo(resource, person, false);
    return seen === null ? [] : [{ resource, seen }];
  });
}
