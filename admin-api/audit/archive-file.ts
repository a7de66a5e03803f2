import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, open, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Knex } from '../db/knex.ts';
import type { ChainLink } from './audit-head.ts';
import { ENTRY_COLUMNS, toAuditEntry, type AuditRow, type HashedAuditEntry } from './audit-rows.ts';
import { ChainCheck } from './chain-check.ts';

/** What a whole archive holds. */
export interface ArchiveContents {
  readonly first_sequence: number;
  readonly sequence: number;
  readonly previous_hash: string;
  readonly hash: string;
  readonly entries: number;
}

/** A file that is no whole, unbroken archive; says where and why. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

const BATCH = 1_000;
/** No entry is as long; a file without line ends must not fill the memory. */
const MAX_LINE_CHARS = 16 * 1024 * 1024;

const endSchema = z.strictObject({
  archive_end: z.strictObject({
    first_sequence: z.int(),
    sequence: z.int(),
    previous_hash: z.string(),
    hash: z.string(),
    entries: z.int(),
  }),
});

/**
 * Writes the entries after `from` up to `to` to a new file, one JSON object a line, the last line saying what is in it. The file has
 * its name only once all of it is on the disk; one that is there is never touched.
 * @throws ArchiveError when the chain does not hold, or the file is there already
 */
export async function writeArchive(knex: Knex, file: string, from: ChainLink, to: number): Promise<void> {
  const draft = `${file}.${crypto.randomUUID()}.partial`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await writeEntries(knex, handle, from, to);
    await handle.sync();
  } catch (error) {
    await handle.close();
    await unlink(draft);
    throw error;
  }
  await handle.close();
  try {
    // Unlike a renaming, this fails where a file of that name is.
    await link(draft, file);
  } finally {
    await unlink(draft);
  }
  await syncDirectory(dirname(file));
}

async function writeEntries(knex: Knex, handle: FileHandle, from: ChainLink, to: number): Promise<void> {
  const check = new ChainCheck(from);
  while (check.at.sequence < to) {
    const rows: AuditRow[] = await knex('audit_entries')
      .select(ENTRY_COLUMNS)
      .whereBetween('sequence', [check.at.sequence + 1, to])
      .orderBy('sequence')
      .limit(BATCH);
    if (rows.length === 0) throw new ArchiveError(`Entry ${check.at.sequence + 1} is missing; nothing was archived.`);
    const lines = rows.map((row) => {
      const entry = toAuditEntry(row);
      const broken = check.take(entry);
      if (broken !== null) {
        throw new ArchiveError(
          `The log is broken at entry ${broken.sequence}: ${broken.problem}. Nothing was archived.`,
        );
      }
      return `${JSON.stringify(entry)}\n`;
    });
    await handle.write(lines.join(''));
  }
  const end: ArchiveContents = {
    first_sequence: from.sequence + 1,
    sequence: check.at.sequence,
    previous_hash: from.hash,
    hash: check.at.hash,
    entries: check.entries,
  };
  await handle.write(`${JSON.stringify({ archive_end: end })}\n`);
}

/**
 * Reads an archive back from the disk and follows its chain from the first entry to the last.
 * @param wanted told of the hash at each of these sequences, for heads that were kept
 * @returns what is in it, and the hex SHA-256 of the file
 * @throws ArchiveError
 */
export async function verifyArchive(
  file: string,
  wanted: ReadonlySet<number> = new Set(),
): Promise<{
  readonly contents: ArchiveContents;
  readonly sha256: string;
  readonly hashes: ReadonlyMap<number, string>;
}> {
  const digest = createHash('sha256');
  const hashes = new Map<number, string>();
  let check: ChainCheck | null = null;
  let first: HashedAuditEntry | null = null;
  let end: ArchiveContents | null = null;
  for await (const line of linesOf(file, (chunk) => digest.update(chunk))) {
    if (end !== null) throw new ArchiveError(`${file} goes on after its end.`);
    const json = parseLine(file, line);
    const last = endSchema.safeParse(json);
    if (last.success) {
      end = last.data.archive_end;
      continue;
    }
    const entry = json as HashedAuditEntry;
    first ??= entry;
    check ??= new ChainCheck({ sequence: entry.sequence - 1, hash: entry.previous_hash });
    const broken = check.take(entry);
    if (broken !== null) throw new ArchiveError(`${file} is broken at entry ${broken.sequence}: ${broken.problem}.`);
    if (wanted.has(entry.sequence)) hashes.set(entry.sequence, entry.hash);
  }
  if (end === null || check === null || first === null)
    throw new ArchiveError(`${file} has no end; it was broken off.`);
  const contents: ArchiveContents = {
    first_sequence: first.sequence,
    sequence: check.at.sequence,
    previous_hash: first.previous_hash,
    hash: check.at.hash,
    entries: check.entries,
  };
  if (JSON.stringify(contents) !== JSON.stringify(end))
    throw new ArchiveError(`${file} does not hold what its end says.`);
  return { contents, sha256: digest.digest('hex'), hashes };
}

function parseLine(file: string, line: string): unknown {
  try {
    const json: unknown = JSON.parse(line);
    if (typeof json === 'object' && json !== null) return json;
  } catch {
    // Said below.
  }
  throw new ArchiveError(`${file} has a line that is no entry.`);
}

async function* linesOf(file: string, onChunk: (chunk: string) => void): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 256 * 1024 })) {
    onChunk(chunk as string);
    const lines = (rest + (chunk as string)).split('\n');
    rest = lines.pop() as string;
    if (rest.length > MAX_LINE_CHARS) throw new ArchiveError(`${file} has a line that is no entry.`);
    yield* lines;
  }
  if (rest !== '') throw new ArchiveError(`${file} was broken off in the middle of a line.`);
}

/** Without it, a crash of the machine may forget the name of a file whose contents are safe. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
