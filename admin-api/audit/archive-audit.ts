import { access } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { withAdvisoryLock } from '../db/advisory-lock.ts';
import type { Knex } from '../db/knex.ts';
import { appendAuditEntries } from './append-audit-entries.ts';
import { ArchiveError, verifyArchive, writeArchive, type ArchiveContents } from './archive-file.ts';
import { GENESIS, listCheckpoints, sealCheckpoint, type SealedCheckpoint } from './audit-checkpoint.ts';
import { readHead, type ChainLink } from './audit-head.ts';
import type { AuditKeys } from './audit-keys.ts';

export interface ArchiveOptions {
  /** Entries of before this time go. */
  readonly before: Date;
  readonly file: string;
  readonly keys: AuditKeys;
  readonly nowMs: number;
}

/**
 * Moves the oldest entries to a file: writes it, reads it back, and only then deletes them, in the one transaction that seals the
 * checkpoint. Whatever dies in between, either the entries are in the database or the file is whole and the checkpoint names it;
 * running it again goes on with a file that is whole.
 * @returns null when nothing is as old
 * @throws ArchiveError
 */
export async function archiveAudit(knex: Knex, options: ArchiveOptions): Promise<SealedCheckpoint | null> {
  if (options.keys.signing === null) {
    throw new ArchiveError(
      'A checkpoint has to be signed: set HALLPASS_AUDIT_SIGNING_KEY (openssl genpkey -algorithm ed25519).',
    );
  }
  const done = await withAdvisoryLock(knex, 'archive-audit', async () => ({
    sealed: await archiveOnce(knex, options),
  }));
  if (done === null) throw new ArchiveError('Another process is archiving now.');
  return done.sealed;
}

async function archiveOnce(
  knex: Knex,
  { before, file, keys, nowMs }: ArchiveOptions,
): Promise<SealedCheckpoint | null> {
  const from: ChainLink = (await listCheckpoints(knex)).at(-1) ?? GENESIS;
  const path = resolve(file);
  if (!(await exists(path))) {
    const to = await lastBefore(knex, before);
    if (to <= from.sequence) return null;
    await writeArchive(knex, path, from, to);
  }
  const { contents, sha256 } = await verifyArchive(path);
  if (contents.previous_hash !== from.hash || contents.first_sequence !== from.sequence + 1) {
    throw new ArchiveError(`${path} is there already, and holds other entries. Choose another name.`);
  }
  const sealed = await sealCheckpoint(keys, {
    ...contents,
    archive_name: basename(path),
    archive_sha256: sha256,
    time: new Date(nowMs).toISOString(),
  });
  await cut(knex, sealed, contents, nowMs);
  return sealed;
}

async function cut(knex: Knex, sealed: SealedCheckpoint, contents: ArchiveContents, nowMs: number): Promise<void> {
  await knex.transaction(async (trx) => {
    await trx('audit_checkpoints').insert(sealed);
    const deleted = await trx('audit_entries')
      .whereBetween('sequence', [contents.first_sequence, contents.sequence])
      .delete();
    if (deleted !== contents.entries) {
      throw new ArchiveError(
        `The archive holds ${contents.entries} entries, the log ${deleted} of them. Nothing was deleted.`,
      );
    }
    const { signature: _, ...details } = sealed;
    const summary = `Entries ${contents.first_sequence} to ${contents.sequence} were moved to the archive ${sealed.archive_name}.`;
    await appendAuditEntries(trx, [{ type: 'audit.archived', actor: null, subject: null, summary, details }], nowMs);
  });
}

/** The last entry of the longest beginning of the log in which all are older; the log is cut nowhere else. */
async function lastBefore(knex: Knex, before: Date): Promise<number> {
  const row = await knex('audit_entries')
    .where('time', '>=', before)
    .min('sequence as first')
    .first<{ first: number | null }>();
  const first = row?.first ?? null;
  return first === null ? (await readHead(knex)).sequence : first - 1;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
