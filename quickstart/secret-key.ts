import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';

const KEY_BYTES = 32;

/**
 * HALLPASS_SECRET_KEY of this data directory, kept in a file that only its owner can read. A key that is lost can't be
 * made again, so an unreadable file is an error; only where there is none a new one is made.
 * @returns 32 bytes in base64
 */
export async function loadSecretKey(path: string): Promise<string> {
  try {
    const kept = (await readFile(path, 'utf8')).trim();
    if (Buffer.from(kept, 'base64').length === KEY_BYTES) return kept;
    throw new Error(`${path} does not hold ${KEY_BYTES} bytes in base64. Without it stored secrets can't be read.`);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
  }
  const key = randomBytes(KEY_BYTES).toString('base64');
  const draft = `${path}.${crypto.randomUUID()}`;
  await writeFile(draft, `${key}\n`, { mode: 0o600 });
  await rename(draft, path);
  return key;
}
