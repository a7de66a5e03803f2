import { pino } from 'pino';

/** Written out as soon as this much is there, and after this long at the latest. */
const CHUNK_BYTES = 65_536;
const MAX_WRITE_BYTES = 131_072;
const FLUSH_MS = 100;
/** UTF-8 of one UTF-16 code unit, at the most. */
const MAX_BYTES_OF_UNIT = 3;
/** Tries of a last write that nobody takes, a tenth of a second apart. */
const LAST_TRIES = 10;
/**
 * Standard output, written in chunks and never waited for: a request must not stand still because somebody reads its log
 * slowly. A process that is killed loses what has not been written, which is the last tenth of a second.
 */
export class LogDestination {
  readonly #output: ReturnType<typeof pino.destination>;
  readonly #timer = setInterval(() => this.flush(), FLUSH_MS);
  /** Lines are encoded one by one, while they are in the processor's cache: joined as text, they would be read again from memory. */
  #chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  /** Of the chunk: handed over up to here, and filled up to there. */
  #handed = 0;
  #filled = 0;
  #isEnding = false;
  #lastTries = 0;

  /** What was dropped so far, in bytes. */
  droppedBytes = 0;

  /** @param maxUnreadBytes lines beyond are dropped: whoever reads standard output has stopped, and requests go before lines */
  constructor(maxUnreadBytes: number) {
    this.#output = pino.destination({
      dest: 1,
      sync: false,
      maxWrite: MAX_WRITE_BYTES,
      contentMode: 'buffer',
      maxLength: maxUnreadBytes,
      // A reader that stands still must not keep a process that ends: the last write would be tried again for ever.
      retryEAGAIN: () => !this.#isEnding || (this.#lastTries += 1) <= LAST_TRIES,
    } as Parameters<typeof pino.destination>[0]);
    this.#output.on('drop', (lines: Buffer) => {
      this.droppedBytes += lines.byteLength;
    });
    this.#timer.unref();
  }

  write(line: string): void {
    const maxBytes = line.length * MAX_BYTES_OF_UNIT;
    if (maxBytes > CHUNK_BYTES - this.#filled) {
      this.flush();
      // What was handed over is still read from.
      this.#chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, maxBytes));
      this.#handed = 0;
      this.#filled = 0;
    }
    this.#filled += this.#chunk.write(line, this.#filled);
  }

  /** For the end of the process: returns when everything is written, or nobody takes it. */
  flushSync(): void {
    this.#isEnding = true;
    this.flush();
    try {
      this.#output.flushSync();
    } catch {
      // Whoever read is gone or stands still; there is nobody to tell.
    }
  }

  /** Hands over what there is without waiting for it. */
  flush(): void {
    if (this.#handed === this.#filled) return;
    const lines = this.#chunk.subarray(this.#handed, this.#filled);
    this.#handed = this.#filled;
    this.#output.write(lines as never);
  }
}
