import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { EXIT_CONFIG } from '../core/process/read-config.ts';
import { listCheckpoints } from './audit/audit-checkpoint.ts';
import { readKeptHead, type ChainLink } from './audit/audit-head.ts';
import { problemOfArchives, problemOfHead } from './audit/verify-kept.ts';
import { verifyAuditChain } from './audit/verify-audit-chain.ts';
import { keysForCommand } from './keys-for-command.ts';
import { withDatabase } from './with-database.ts';

const USAGE = `Usage: npm run audit:verify [-- --head FILE] [--archive FILE]… [--keys FILE]
--head     a head that was kept elsewhere: what GET /v1/audit-head answered
--archive  a file that audit:archive wrote; may be given more than once
--keys     a JWK Set that was kept elsewhere: what /.well-known/hallpass-audit-keys.json answered
`;

const { values } = readArguments();
const keys = await keysForCommand(process, values.keys);
const head = values.head === undefined ? null : await keptHead(values.head);

await withDatabase(process, async (knex) => {
  let told = 0;
  const verdict = await verifyAuditChain(knex, {
    published: keys.published.length > 0 ? keys.published : null,
    onProgress(sequence, end) {
      if (sequence - told < 100_000) return;
      told = sequence;
      process.stderr.write(`${sequence} of ${end}\n`);
    },
  });
  if (!verdict.sound) return fail(`The audit log is broken at entry ${verdict.sequence}: ${verdict.problem}.`);
  process.stdout.write(`The audit log is sound: ${verdict.entries} entries, head ${verdict.head}\n`);
  const checkpoints = await listCheckpoints(knex);
  if (verdict.checkpoint !== null) {
    const { sequence, archive_name } = verdict.checkpoint;
    process.stdout.write(`It goes on from a checkpoint at entry ${sequence}; what is older is in ${archive_name}\n`);
    if (keys.published.length === 0) {
      return fail('No key is known to check the signature of the checkpoint with; name one with --keys.');
    }
  }
  const archives = await problemOfArchives(values.archive ?? [], checkpoints, head?.sequence ?? null);
  if (archives.problem !== null) return fail(archives.problem);
  for (const line of archives.told) process.stdout.write(`${line}\n`);
  if (head === null) return;
  const problem = await problemOfHead(knex, head, checkpoints, archives.hashes);
  if (problem !== null) return fail(problem);
  process.stdout.write(`The head that was kept is entry ${head.sequence} of it\n`);
});

function fail(problem: string): void {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}

function readArguments(): { values: { head?: string; keys?: string; archive?: string[] } } {
  try {
    return parseArgs({
      options: { head: { type: 'string' }, keys: { type: 'string' }, archive: { type: 'string', multiple: true } },
    });
  } catch {
    process.stderr.write(USAGE);
    return process.exit(EXIT_CONFIG);
  }
}

async function keptHead(file: string): Promise<ChainLink> {
  const kept = await readKeptHead(await readFile(file, 'utf8'), keys.published).catch(() => null);
  if (kept !== null) return kept;
  process.stderr.write(
    `${file} is no head that a known key signed. Keys come from HALLPASS_AUDIT_SIGNING_KEY, HALLPASS_AUDIT_RETIRED_KEYS and --keys.\n`,
  );
  return process.exit(1);
}
