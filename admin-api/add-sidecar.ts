import { parseArgs } from 'node:util';
import { z } from 'zod';
import { EXIT_CONFIG } from '../core/process/read-config.ts';
import { resourcePatternSchema } from '../core/feed/resource-pattern.ts';
import { createFeedCredential } from './feed/feed-credential.ts';
import { withDatabase } from './with-database.ts';

const USAGE = 'Usage: npm run sidecars:add -- --name orders --resources connection:orders-db,feature:*\n';

const { values } = parseArgs({ options: { name: { type: 'string' }, resources: { type: 'string', default: '*' } } });
const name = z.string().min(1).max(100).safeParse(values.name);
const resources = z.array(resourcePatternSchema).safeParse(values.resources.split(','));
if (!name.success || !resources.success) {
  process.stderr.write(USAGE);
  process.exit(EXIT_CONFIG);
}
await withDatabase(process, async (knex) => {
  const token = await createFeedCredential(knex, name.data, resources.data);
  process.stdout.write(`${token}\n`);
  process.stderr.write('Give it to the sidecar as HALLPASS_FEED_TOKEN. It is shown this once.\n');
});
