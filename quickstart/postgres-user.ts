import { spawnSync } from 'node:child_process';
import { lstatSync, readdirSync } from 'node:fs';
import { lchown } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** `nobody` on Linux and everywhere else where the id means anything. */
const NOBODY = 65_534;

/** How a command is started so that PostgreSQL accepts its user: it refuses root. */
export interface PostgresUser {
  readonly kind: 'self' | 'nobody' | 'namespace';
  /** Put before the command and its arguments. */
  readonly prefix: readonly string[];
  readonly spawnOptions: { readonly uid?: number; readonly gid?: number };
  /** Who must own the files, as seen from here; null: whoever makes them. */
  readonly owner: { readonly uid: number; readonly gid: number } | null;
}

/**
 * Ourselves, if we are not root. Else `nobody`, if `nobody` can reach the binaries and the directory. Else root behind
 * another name in a user namespace of its own (a checkout below /root is closed to everybody but root).
 * @param directory must exist; it becomes that user's, with all that is in it
 * @throws Error that says to set DATABASE_URL
 */
export async function choosePostgresUser(binary: string, directory: string): Promise<PostgresUser> {
  if (process.getuid?.() !== 0) return { kind: 'self', prefix: [], spawnOptions: {}, owner: null };
  const asNobody = { uid: NOBODY, gid: NOBODY };
  if (works(['/bin/sh', '-c', '"$0" --version && cd "$1"', binary, dirname(directory)], asNobody)) {
    await giveTo(directory, asNobody);
    return { kind: 'nobody', prefix: [], spawnOptions: asNobody, owner: asNobody };
  }
  const root = { uid: 0, gid: 0 };
  const prefix = ['unshare', '--user', '--map-user=1000', '--map-group=1000'];
  if (works([...prefix, binary, '--version'], {})) {
    await giveTo(directory, root);
    return { kind: 'namespace', prefix, spawnOptions: {}, owner: root };
  }
  throw new Error(
    'The embedded PostgreSQL refuses to run as root, and neither the user "nobody" (the files are out of its reach) nor a ' +
      'user namespace (unshare) works here. Start as another user, or set DATABASE_URL to a PostgreSQL server of your own.',
  );
}

function works(command: readonly string[], options: { uid?: number; gid?: number }): boolean {
  const [file, ...args] = command;
  return spawnSync(file!, args, { ...options, stdio: 'ignore', cwd: '/' }).status === 0;
}

/** Gives a directory and all in it to a user, also one that another kind of start has left behind. */
export async function giveTo(directory: string, user: { uid: number; gid: number }): Promise<void> {
  const found = lstatSync(directory);
  if (found.uid === user.uid && found.gid === user.gid) return;
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    await lchown(join(entry.parentPath, entry.name), user.uid, user.gid);
  }
  await lchown(directory, user.uid, user.gid);
}
