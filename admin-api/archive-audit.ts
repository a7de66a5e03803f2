import { parseArgs } from 'node:util';
import { z } from 'zod';
import { EXIT_CONFIG } from '../core/process/read-config.ts';
import { archiveAudit } from './audit/archive-audit.ts';
import { keysForCommand } from './keys-for-command.ts';
import { withDatabase } from './with-database.ts';

const USAGE = `Usage: npm run audit:archive -- --before 2026-01-01 --to audit-2025.ndjson
Moves the entries of before that time (UTC) to a new file, and leaves a signed checkpoint in their place.
`;

const { values } = parseArgs({ options: { before: { type: 'string' }, to: { type: 'string' } }, strict: true });
const before = z.union([z.iso.date(), z.iso.datetime({ offset: true })]).safeParse(values.before);
if (!before.success || values.to === undefined || values.to === '') {
  process.stderr.write(USAGE);
  process.exit(EXIT_CONFIG);
}
const file = values.to;
const keys = await keysForCommand(process, undefined);
await withDatabase(process, async (knex) => {
  const sealed = await archiveAudit(knex, { before: new Date(before.data), file, keys, nowMs: Date.now() });
  if (sealed === null) {
    process.stdout.write('Nothing is that old; nothing was archived.\n');
    return;
  }
  process.stdout.write(
    `Archived ${sealed.entries} entries, ${sealed.first_sequence} to ${sealed.sequence}, in ${file}\nsha256 ${sealed.archive_sha256}\n`,
  );
});
