import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Short on purpose: the path of a unix socket has to fit in there as well. */
export async function makeTemporaryDirectory(name: string): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join('/tmp', `hp-${name}-`));
  // Readable by others, because the database runs as another user when we are root.
  await chmod(path, 0o755);
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }) };
}
