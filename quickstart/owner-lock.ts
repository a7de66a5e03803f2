import { readFileSync } from 'node:fs';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const ownerSchema = z.object({
  /** null: let go of in peace. */
  pid: z.int().positive().nullable(),
  /** What tells this process from a later one with the same pid; empty where the system doesn't say. */
  started: z.string(),
});
type Owner = z.infer<typeof ownerSchema>;

export interface OwnerLock {
  /** Whether the owner before had died without letting go. */
  readonly adopted: boolean;
  release(): Promise<void>;
}

/** Somebody else runs on this directory; `pid` says who. */
export class AlreadyOwnedError extends Error {
  override readonly name = 'AlreadyOwnedError';
  readonly pid: number;

  constructor(directory: string, pid: number) {
    super(
      `Process ${pid} is already running on ${directory}. Stop it first, or set HALLPASS_DATA_DIR to another directory.`,
    );
    this.pid = pid;
  }
}

/**
 * One owner per directory: a living owner is respected, a dead one's directory adopted.
 *
 * Each owner makes a file `owner-<n>.json`, n one above the last. A name is had by one only (a link fails if the name
 * exists), and the highest is never removed but by a higher one; so of many who find the same dead owner, one follows.
 * @throws AlreadyOwnedError
 */
export async function acquireOwnerLock(directory: string): Promise<OwnerLock> {
  await mkdir(directory, { recursive: true });
  const write = async (owner: Owner) => {
    const draft = join(directory, `owner-draft-${crypto.randomUUID()}`);
    await writeFile(draft, JSON.stringify(owner), { mode: 0o644 });
    return draft;
  };
  const draft = await write({ pid: process.pid, started: startOf(process.pid) ?? '' });
  try {
    for (;;) {
      const last = await lastNumber(directory);
      const owner = await readOwner(join(directory, nameOf(last)));
      if (owner !== null && owner.pid !== null && isAlive(owner.pid, owner.started)) {
        throw new AlreadyOwnedError(directory, owner.pid);
      }
      const mine = join(directory, nameOf(last + 1));
      if (!(await link(draft, mine).then(() => true, ifExists))) continue;
      if ((await lastNumber(directory)) !== last + 1) {
        // What we looked at was long past: the name was free again because others had come and gone.
        await rm(mine);
        continue;
      }
      await removeBelow(directory, last + 1);
      const release = async () => rename(await write({ pid: null, started: '' }), mine);
      return { adopted: last > 0 && owner?.pid !== null, release };
    }
  } finally {
    await rm(draft, { force: true });
  }
}

function ifExists(error: NodeJS.ErrnoException): false {
  if (error.code === 'EEXIST') return false;
  throw error;
}

function nameOf(number: number): string {
  return `owner-${number}.json`;
}

async function numbersIn(directory: string): Promise<number[]> {
  const names = await readdir(directory);
  return names.flatMap((name) => {
    const match = /^owner-(\d+)\.json$/.exec(name);
    return match === null ? [] : [Number(match[1])];
  });
}

async function lastNumber(directory: string): Promise<number> {
  return Math.max(0, ...(await numbersIn(directory)));
}

async function removeBelow(directory: string, limit: number): Promise<void> {
  for (const number of await numbersIn(directory)) {
    if (number < limit) await rm(join(directory, nameOf(number)), { force: true });
  }
}

/** null: there is none, or what is there makes no sense and so names nobody who could be alive. */
async function readOwner(path: string): Promise<Owner | null> {
  try {
    const parsed = ownerSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number, startedThen: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const started = startOf(pid);
  return started === null || startedThen === '' || started === startedThen;
}

/** Boot and start time of a process as Linux knows them (proc(5), `stat` field 22); null where there is no /proc. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command (field 2) may hold spaces and brackets; the fields after its last bracket don't.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return 'dead';
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19]}`;
  } catch {
    return null;
  }
}
