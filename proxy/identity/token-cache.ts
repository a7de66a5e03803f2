import { hash } from 'node:crypto';

export interface CachedToken {
  /** Milliseconds since the epoch; from here on the entry is worth nothing. */
  readonly untilMs: number;
}

/**
 * Tokens that were verified, by the SHA-256 of their text (a memory dump shows no token). Bounded: when full, what was
 * not used lately goes.
 *
 * Two generations instead of an order of use, which would have to be written at each request: what is used moves from
 * the old one to the young one, and when that is full it becomes the old one.
 */
export class TokenCache<Entry extends CachedToken> {
  readonly #maxEntries: number;
  readonly #generationSize: number;
  #young = new Map<string, Entry>();
  #old = new Map<string, Entry>();

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
    this.#generationSize = Math.max(1, Math.floor(maxEntries / 2));
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  static keyOf(token: string): string {
    return hash('sha256', token, 'binary');
  }

  get(key: string, nowMs: number): Entry | null {
    let entry = this.#young.get(key);
    if (entry === undefined) {
      entry = this.#old.get(key);
      if (entry === undefined) return null;
      this.set(key, entry);
    }
    if (nowMs < entry.untilMs) return entry;
    this.#young.delete(key);
    return null;
  }

  set(key: string, entry: Entry): void {
    this.#old.delete(key);
    if (this.#young.size >= this.#generationSize && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
      if (this.#maxEntries === 1) this.#old.clear();
    }
    this.#young.set(key, entry);
  }
}
