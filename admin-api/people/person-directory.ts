import type { Knex } from '../db/knex.ts';
import type { PersonRow } from '../db/person-row.ts';

/** Finds people the way an identity provider names them. */
export function createPersonDirectory(knex: Knex) {
  return {
    async findBySub(sub: string): Promise<PersonRow | null> {
      return (await knex('people').where({ sub }).first<PersonRow>()) ?? null;
    },
    async findByEmail(email: string): Promise<PersonRow | null> {
      return (await knex('people').whereRaw('lower(email) = lower(?)', [email]).first<PersonRow>()) ?? null;
    },
    async findById(id: string): Promise<PersonRow | null> {
      return (await knex('people').where({ id }).first<PersonRow>()) ?? null;
    },
  };
}
