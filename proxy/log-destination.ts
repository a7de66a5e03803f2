import { pino } from 'pino';

/** Written out as soon as this much is there, and after this long at the latest. */
const CHUNK_CHARS = 32_768;
const MAX_CHUNK_BYTES = 131_072;
const FLUSH_MS = 100;
/** Tries of a last write that nobody takes, a tenth of a second apart. */
const LAST_TRIES = 10;
/**
 * Standard output, written in chunks and never waited for: a request must not stand still because somebody reads its log
 * slowly. A process that is killed loses what has not been written, which is the last tenth of a second.
 */
export class LogDestination {
  readonly #output: ReturnType<typeof pino.destination>;
  readonly #timer = setInterval(() => this.flush(), FLUSH_MS);
  /** Joined here, because the output counts the bytes of whatever it is given, and for single lines that takes longer than making them. */
  #lines = '';

  #isEnding = false;
  #lastTries = 0;

  /** What was dropped so far, in bytes. */
  droppedBytes = 0;

  /** @param maxUnreadBytes lines beyond are dropped: whoever reads standard output has stopped, and requests go before lines */
  constructor(maxUnreadBytes: number) {
    this.#output = pino.destination({
      dest: 1,
      sync: false,
      maxWrite: MAX_CHUNK_BYTES,
      maxLength: maxUnreadBytes,
      // A reader that stands still must not keep a process that ends: the last write would be tried again for ever.
      retryEAGAIN: () => !this.#isEnding || (this.#lastTries += 1) <= LAST_TRIES,
    } as Parameters<typeof pino.destination>[0]);
    this.#output.on('drop', (lines: string) => {
      this.droppedBytes += Buffer.byteLength(lines);
    });
    this.#timer.unref();
  }

  write(line: string): void {
    this.#lines += line;
    if (this.#lines.length >= CHUNK_CHARS) this.flush();
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
    const lines = this.#lines;
    if (lines === '') return;
    this.#lines = '';
    this.#output.write(lines);
  }
}
