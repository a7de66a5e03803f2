import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { EventBuffer } from './event-buffer.ts';

const compress = promisify(gzip);

/** Text of logs shrinks to a tenth or so; a guess beyond this helps nobody. */
const MAX_RATIO = 64;
/** Chunks at least this full need no larger guess. */
const FULL = 0.9;

export interface Chunk {
  /** A JSON array, gzipped. */
  readonly body: Uint8Array;
  readonly events: readonly string[];
}

/**
 * Makes uploads that are as full as the limit allows. How much text fits is guessed and learned, as OPA does it (OPA
 * documentation, "Decision Logs"): doubled after a chunk with room left, cut down after one that was too large.
 */
export class ChunkPacker {
  readonly #limit: number;
  readonly #onTooLarge: () => void;
  #guess: number;

  /** @param onTooLarge hears of an event that fits no upload by itself and is dropped */
  constructor(limitBytes: number, onTooLarge: () => void) {
    this.#limit = limitBytes;
    this.#guess = limitBytes;
    this.#onTooLarge = onTooLarge;
  }

  /** Text of events that makes an upload worth it. */
  get wantedBytes(): number {
    return this.#guess;
  }

  /** @returns null when nothing is left */
  async next(buffer: EventBuffer): Promise<Chunk | null> {
    for (;;) {
      const events = buffer.take(this.#guess);
      if (events.length === 0) return null;
      const text = `[${events.join(',')}]`;
      const body = await compress(text);
      if (body.byteLength <= this.#limit) {
        if (body.byteLength < this.#limit * FULL && buffer.events > 0) {
          this.#guess = Math.min(this.#guess * 2, this.#limit * MAX_RATIO);
        }
        return { body, events };
      }
      if (events.length === 1) {
        this.#onTooLarge();
        continue;
      }
      buffer.putBack(events);
      const fitting = (text.length * this.#limit) / body.byteLength;
      this.#guess = Math.max(1, Math.min(Math.floor(fitting * FULL), Math.floor(this.#guess / 2)));
    }
  }
}
