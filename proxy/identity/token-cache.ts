import { createHash } from 'node:crypto';

export interface VerifiedToken {
  readonly sub: string;
  /** Milliseconds since the epoch; from here on the entry is worth nothing. */
  readonly untilMs: number;
}

/**
 * Tokens that were verified, by the SHA-256 of their text (a memory dump shows no token). Bounded: when full, the one
 * unused for the longest goes.
 */
export class TokenCache {
  readonly #entries = new Map<string, VerifiedToken>();
  readonly #maxEntries: number;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  get size(): number {
    return this.#entries.size;
  }

  static keyOf(token: string): string {
    return createHash('sha256').update(token).digest('base64');
  }

  get(key: string, nowMs: number): VerifiedToken | null {
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    this.#entries.delete(key);
    if (nowMs >= entry.untilMs) return null;
    // Put back at the end: Maps keep the order of insertion, so the first is the one unused for the longest.
    this.#entries.set(key, entry);
    return entry;
  }

  set(key: string, entry: VerifiedToken): void {
    this.#entries.delete(key);
    if (this.#entries.size >= this.#maxEntries) {
      const oldest = this.#entries.keys().next();
      if (oldest.done !== true) this.#entries.delete(oldest.value);
    }
    this.#entries.set(key, entry);
  }
}
