import { withDatabase } from './with-database.ts';
import { migrateToLatest } from './db/migrate.ts';

await withDatabase(process, async (knex) => {
  const applied = await migrateToLatest(knex);
  process.stdout.write(applied.length === 0 ? 'The schema is up to date.\n' : `Applied: ${applied.join(', ')}\n`);
});
