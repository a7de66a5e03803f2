import { parseArgs } from 'node:util';
import { z } from 'zod';
import { EXIT_CONFIG } from '../core/process/read-config.ts';
import { resourcePatternSchema } from '../core/feed/resource-pattern.ts';
import { appendAuditEntries } from './audit/append-audit-entries.ts';
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
  const token = await knex.transaction(async (trx) => {
    const made = await createFeedCredential(trx, name.data, resources.data);
    const entry = {
      type: 'sidecar.credential-added',
      actor: null,
      subject: null,
      summary: `A credential ${name.data} for sidecars was made at the command line.`,
      details: { credential: name.data, resources: resources.data },
    } as const;
    await appendAuditEntries(trx, [entry], Date.now());
    return made;
  });
  process.stdout.write(`${token}\n`);
  process.stderr.write('Give it to the sidecar as HALLPASS_FEED_TOKEN. It is shown this once.\n');
});
