import type { Resource } from '../../core/access/resource.ts';
import type { Scope } from '../../core/access/scope.ts';
import type { Fact } from '../../core/feed/fact.ts';
import { grantFact, type GrantRow } from '../db/grant-row.ts';
import type { Knex } from '../db/knex.ts';
import { subjectFact, type PersonRow } from '../db/person-row.ts';

export interface FeedHead {
  readonly epoch: string;
  readonly revision: number;
  /** Of the change that made the revision. */
  readonly mark: string;
}

export interface Snapshot extends FeedHead {
  readonly facts: readonly Fact[];
}

/** All facts of one moment: REPEATABLE READ, so that the revision read first is the revision of every row after it. */
export function readSnapshot(knex: Knex): Promise<Snapshot> {
  return knex.transaction(
    async (trx) => {
      const head = await readFeedHead(trx);
      const people: PersonRow[] = await trx('people').orderBy('id');
      const resources: Resource[] = await trx('resources').orderBy(['type', 'id']);
      const scopes: Scope[] = await trx('scopes').select('id', 'name', 'description', 'rules').orderBy('id');
      const grants: GrantRow[] = await trx('grants').whereNull('ended_at').orderBy('created_at');
      const facts: Fact[] = people.map(subjectFact);
      for (const value of resources) facts.push({ kind: 'resource', id: `${value.type}:${value.id}`, value });
      for (const value of scopes) facts.push({ kind: 'scope', id: value.id, value });
      for (const row of grants) facts.push(grantFact(row));
      return { ...head, facts };
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
}

export async function readFeedHead(knex: Knex): Promise<FeedHead> {
  const head = await knex('feed_head').first<FeedHead>('epoch', 'revision', 'mark');
  if (head === undefined) throw new Error('The feed has no head row; the database was not migrated.');
  return head;
}
