import type { Knex } from '../db/knex.ts';
import { ArchiveError, verifyArchive } from './archive-file.ts';
import type { SealedCheckpoint } from './audit-checkpoint.ts';
import { readHead, type ChainLink } from './audit-head.ts';

export interface ArchivesVerdict {
  /** null: every archive holds what its checkpoint says. */
  readonly problem: string | null;
  /** One line an archive. */
  readonly told: readonly string[];
  /** The hash at `wanted`, where it lies in one of them. */
  readonly hashes: ReadonlyMap<number, string>;
}

/**
 * Whether archives are whole and the log goes on where they end.
 * @param wanted a sequence to look up on the way
 */
export async function problemOfArchives(
  files: readonly string[],
  checkpoints: readonly SealedCheckpoint[],
  wanted: number | null,
): Promise<ArchivesVerdict> {
  const told: string[] = [];
  const hashes = new Map<number, string>();
  for (const file of files) {
    try {
      const archive = await verifyArchive(file, new Set(wanted === null ? [] : [wanted]));
      const { first_sequence, sequence, hash } = archive.contents;
      const checkpoint = checkpoints.find((one) => one.sequence === sequence);
      if (checkpoint === undefined)
        return { problem: `No checkpoint names ${file}, which ends at entry ${sequence}.`, told, hashes };
      if (checkpoint.hash !== hash || checkpoint.archive_sha256 !== archive.sha256) {
        return { problem: `${file} is not the archive that the checkpoint at entry ${sequence} names.`, told, hashes };
      }
      for (const [at, found] of archive.hashes) hashes.set(at, found);
      told.push(`${file} is sound: entries ${first_sequence} to ${sequence}, and the log goes on from there`);
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      return { problem: error.message, told, hashes };
    }
  }
  return { problem: null, told, hashes };
}

/**
 * What a head that was kept elsewhere shows: a log that ends before it was cut off, one that has another entry in its place was
 * rewritten. The log itself must have been verified.
 * @returns null when it is a part of this log
 */
export async function problemOfHead(
  knex: Knex,
  head: ChainLink,
  checkpoints: readonly SealedCheckpoint[],
  archived: ReadonlyMap<number, string>,
): Promise<string | null> {
  if (head.sequence === 0) return null;
  const now = await readHead(knex);
  if (now.sequence < head.sequence) {
    return `The audit log was cut off: it ends at entry ${now.sequence}, the head that was kept is entry ${head.sequence}.`;
  }
  const row = await knex('audit_entries').where({ sequence: head.sequence }).first<{ hash: string }>('hash');
  const found =
    row?.hash ?? checkpoints.find((one) => one.sequence === head.sequence)?.hash ?? archived.get(head.sequence);
  if (found === undefined) {
    return `Entry ${head.sequence}, which the kept head is of, is in an archive: name it with --archive.`;
  }
  return found === head.hash
    ? null
    : `The audit log was rewritten: entry ${head.sequence} is not the one whose head was kept.`;
}
