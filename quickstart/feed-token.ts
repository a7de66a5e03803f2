import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Knex } from '../admin-api/db/knex.ts';
import { createFeedCredential, findFeedCredential } from '../admin-api/feed/feed-credential.ts';

/** The sidecar's credential, kept in a file that only its owner can read; a new one where it is lost or unknown. */
export async function loadFeedToken(knex: Knex, path: string): Promise<string> {
  const kept = await readFile(path, 'utf8').catch(() => '');
  if (kept !== '' && (await findFeedCredential(knex, kept)) !== null) return kept;
  const token = await createFeedCredential(knex, `quickstart ${crypto.randomUUID()}`, ['*']);
  const draft = `${path}.${crypto.randomUUID()}`;
  await writeFile(draft, token, { mode: 0o600 });
  await rename(draft, path);
  return token;
}
