import type { Stage } from '../../core/access/review-stages.ts';
import type { Knex } from '../db/knex.ts';

/** A policy may name people by address; stages of a request hold ids. A name that is nobody's address stays as it is. */
export async function resolveStages(knex: Knex, stages: readonly Stage[]): Promise<Stage[]> {
  const addresses = stages.flatMap(({ reviewers }) => reviewers.people.filter((name) => name.includes('@')));
  const ids = new Map<string, string>();
  if (addresses.length > 0) {
    const rows: { id: string; address: string }[] = await knex('people')
      .whereRaw('lower(email) = ANY(?)', [addresses.map((address) => address.toLowerCase())])
      .select('id', knex.raw('lower(email) AS address'));
    for (const row of rows) ids.set(row.address, row.id);
  }
  return stages.map((stage) => ({
    ...stage,
    reviewers: {
      ...stage.reviewers,
      people: [
        ...new Set(
          stage.reviewers.people.flatMap((name) => (name.includes('@') ? (ids.get(name.toLowerCase()) ?? name) : name)),
        ),
      ],
    },
  }));
}
