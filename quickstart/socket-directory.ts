import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** sockaddr_un holds 104 bytes on macOS and 108 on Linux, the closing zero included; the smaller one counts. */
const MAX_SOCKET_PATH_BYTES = 103;
const SOCKET_NAME = '.s.PGSQL.5432';

/**
 * A directory of mode 0700 for the database's socket: in `parent` where the path is short enough, else a short one in
 * the system's temporary directory with a name that is always the same for this parent.
 * @throws Error when the temporary name is held by somebody else: whoever owns it could answer in our database's place
 */
export async function makeSocketDirectory(parent: string): Promise<string> {
  const preferred = join(parent, 'socket');
  if (Buffer.byteLength(join(preferred, SOCKET_NAME)) <= MAX_SOCKET_PATH_BYTES) {
    await mkdir(preferred, { recursive: true, mode: 0o700 });
    await chmod(preferred, 0o700);
    return preferred;
  }
  const name = `hallpass-${createHash('sha256').update(parent).digest('hex').slice(0, 16)}`;
  const directory = join(tmpdir(), name);
  await mkdir(directory, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const found = await lstat(directory);
  const ours = process.getuid?.() === 0 ? [0, 65_534] : [process.getuid?.()];
  if (!found.isDirectory() || !ours.includes(found.uid) || (found.mode & 0o077) !== 0) {
    throw new Error(
      `${directory} belongs to somebody else or is open to others. Remove it, or set HALLPASS_DATA_DIR to a shorter path.`,
    );
  }
  return directory;
}
