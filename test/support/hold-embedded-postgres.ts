/** Runs the embedded database on the directory given and holds it until it is killed. Prints the connection string. */
import { createLogger } from '../../core/process/logger.ts';
import { startEmbeddedPostgres } from '../../quickstart/embedded-postgres.ts';

const [dataDir] = process.argv.slice(2);
if (dataDir === undefined) throw new Error('usage: hold-embedded-postgres.ts <data directory>');
try {
  const database = await startEmbeddedPostgres({ dataDir, logger: createLogger('holder', 'silent') });
  console.log(`ready ${database.connectionString}`);
  setInterval(() => {}, 60_000);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
