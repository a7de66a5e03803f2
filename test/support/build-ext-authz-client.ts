import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const SOURCES = join(import.meta.dirname, 'ext-authz-client');
const CACHE = join(import.meta.dirname, '..', '..', '.cache', 'ext-authz-client');
const BUILD_TIMEOUT_MS = 900_000;

/** Built once for each version of its sources, into .cache. @throws Error that says what is missing */
export async function buildExtAuthzClient(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of ['main.go', 'go.mod', 'go.sum']) hash.update(await readFile(join(SOURCES, file)));
  const target = join(CACHE, hash.digest('hex').slice(0, 16));
  if (existsSync(target)) return target;
  await mkdir(CACHE, { recursive: true });
  const made = `${target}.${process.pid}`;
  const args = ['build', '-trimpath', '-mod=readonly', '-ldflags', '-s -w', '-o', made, '.'];
  try {
    const env = { ...process.env, CGO_ENABLED: '0' };
    await run('go', args, { cwd: SOURCES, env, timeout: BUILD_TIMEOUT_MS });
  } catch (error) {
    throw new Error('The gRPC client of the tests needs Go 1.26 and its module proxy to be built, once.', {
      cause: error,
    });
  }
  await rename(made, target);
  return target;
}
