import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const BUNDLE_FILE = 'policy.tar.gz';
const MARK_FILE = 'accepted.json';

/** The newest signature that was accepted. */
export const acceptedMarkSchema = z.strictObject({
  /** Seconds since the Unix epoch. */
  issued_at: z.int().min(0),
  /** SHA-256 of the signature, in hexadecimal. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
});
export type AcceptedMark = z.output<typeof acceptedMarkSchema>;

/** The directory where the last good bundle waits for a start without its server, and what was accepted is remembered. */
export class BundleStore {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** @returns null when there is none */
  readBundle(): Promise<Uint8Array | null> {
    return readIfThere(join(this.#directory, BUNDLE_FILE));
  }

  writeBundle(bytes: Uint8Array): Promise<void> {
    return this.#write(BUNDLE_FILE, bytes);
  }

  /** @returns null when nothing was accepted yet @throws Error when what is there can't be read: not to be taken for nothing */
  async readMark(): Promise<AcceptedMark | null> {
    const path = join(this.#directory, MARK_FILE);
    const bytes = await readIfThere(path);
    if (bytes === null) return null;
    try {
      return acceptedMarkSchema.parse(JSON.parse(Buffer.from(bytes).toString()));
    } catch {
      throw new Error(
        `${path} is damaged; without it an older policy can't be told from a newer one. Restore or remove it`,
      );
    }
  }

  writeMark(mark: AcceptedMark): Promise<void> {
    return this.#write(MARK_FILE, Buffer.from(`${JSON.stringify(mark)}\n`));
  }

  /** Whole or not at all, also when the machine stops in between. */
  async #write(name: string, bytes: Uint8Array): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const path = join(this.#directory, name);
    const aside = `${path}.${process.pid}.new`;
    try {
      const file = await open(aside, 'w', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(aside, path);
    } finally {
      await rm(aside, { force: true });
    }
  }
}

async function readIfThere(path: string): Promise<Uint8Array | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
