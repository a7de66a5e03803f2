import { migrateToLatest } from '../../admin-api/db/migrate.ts';
import { openDatabase } from '../../admin-api/db/knex.ts';

/** Brings the database at `url` up to date and lets go of it, so that it can be copied. */
export async function migrateDatabase(url: string): Promise<void> {
  const knex = openDatabase(url, 2);
  try {
    await migrateToLatest(knex);
  } finally {
    await knex.destroy();
  }
}
