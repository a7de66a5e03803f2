import { EXIT_CONFIG } from '../core/process/read-config.ts';
import { describeError } from '../core/process/logger.ts';
import { openDatabase, type Knex } from './db/knex.ts';

/** For commands: opens the database that DATABASE_URL names, runs, closes, and turns failures into an exit code. */
export async function withDatabase(host: NodeJS.Process, command: (knex: Knex) => Promise<void>): Promise<void> {
  const databaseUrl = host.env['DATABASE_URL'];
  if (databaseUrl === undefined || databaseUrl === '') {
    host.stderr.write(
      'DATABASE_URL: must be set to the PostgreSQL this command works on (the quickstart prints its own).\n',
    );
    host.exit(EXIT_CONFIG);
  }
  const knex = openDatabase(databaseUrl, 2);
  try {
    await command(knex);
  } catch (error) {
    host.stderr.write(`${describeError(error).message}\n`);
    host.exitCode = 1;
  } finally {
    await knex.destroy();
  }
}
