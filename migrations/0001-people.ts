import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE people (
      id text PRIMARY KEY,
      sub text UNIQUE,
      email text NOT NULL,
      name text NOT NULL,
      role text NOT NULL CHECK (role IN ('viewer', 'member', 'admin', 'owner')),
      groups jsonb NOT NULL DEFAULT '[]',
      attributes jsonb NOT NULL DEFAULT '{}',
      disabled_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now()
    )`);
  await knex.raw('CREATE UNIQUE INDEX people_email ON people (lower(email))');
  // Exactly one owner: the database refuses the second one, whatever the code does.
  await knex.raw(`CREATE UNIQUE INDEX people_one_owner ON people (role) WHERE role = 'owner'`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE people');
}
