import { readFile, stat } from 'node:fs/promises';
import type { BundleSource } from './bundle-source.ts';

/** A file that somebody replaces. It is read when its inode, size or times have changed. */
export class FileBundleSource implements BundleSource {
  readonly #path: string;
  readonly #pollMs: number;
  readonly #maxBytes: number;
  /** What the file looked like when it was read, and when what it held was taken. */
  #found = '';
  #taken = '';

  constructor(path: string, pollMs: number, maxBytes: number) {
    this.#path = path;
    this.#pollMs = pollMs;
    this.#maxBytes = maxBytes;
  }

  async look(): Promise<Uint8Array | null> {
    try {
      const { ino, size, mtimeMs, ctimeMs } = await stat(this.#path);
      const found = `${ino}:${size}:${mtimeMs}:${ctimeMs}`;
      if (found === this.#taken) return null;
      if (size > this.#maxBytes) throw new Error(`the policy bundle is larger than ${this.#maxBytes} bytes`);
      const bytes = await readFile(this.#path);
      this.#found = found;
      return bytes;
    } catch (error) {
      this.#taken = '';
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      throw new Error(`the policy bundle can't be read (${code})`, { cause: error });
    }
  }

  taken(): void {
    this.#taken = this.#found;
  }

  delayMs(): number {
    return this.#pollMs;
  }

  async close(): Promise<void> {}
}
