import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError } from '../core/process/logger.ts';
import { EXIT_CONFIG } from '../core/process/read-config.ts';
import { openDatabase, type Knex } from './db/knex.ts';

/**
 * For commands: opens the database that DATABASE_URL names, or that of the quickstart that runs here, works on it,
 * closes it, and turns failures into an exit code.
 */
export async function withDatabase(host: NodeJS.Process, command: (knex: Knex) => Promise<void>): Promise<void> {
  const databaseUrl = host.env['DATABASE_URL'] || (await quickstartDatabaseUrl(host));
  if (databaseUrl === null) {
    host.stderr.write(
      'DATABASE_URL: must name the PostgreSQL to work on. (For the embedded one of the quickstart, let `npm start` run meanwhile.)\n',
    );
    host.exit(EXIT_CONFIG);
  }
  const knex = openDatabase(databaseUrl, 2);
  try {
    await command(knex);
  } catch (error) {
    host.stderr.write(`${hint(error)}${describeError(error).message}\n`);
    host.exitCode = 1;
  } finally {
    await knex.destroy();
  }
}

/** The quickstart's file outlives it, so an embedded database may be named that does not run. */
function hint(error: unknown): string {
  const { code } = describeError(error);
  return code === 'ENOENT' || code === 'ECONNREFUSED'
    ? 'The database does not answer. For the embedded one of the quickstart, let `npm start` run meanwhile. '
    : '';
}

/** The quickstart writes down where its embedded database listens; null without one. */
async function quickstartDatabaseUrl(host: NodeJS.Process): Promise<string | null> {
  try {
    const file = join(host.env['HALLPASS_DATA_DIR'] || '.hallpass', 'quickstart.json');
    const state = JSON.parse(await readFile(file, 'utf8')) as { database_url?: unknown };
    return typeof state.database_url === 'string' ? state.database_url : null;
  } catch {
    return null;
  }
}
