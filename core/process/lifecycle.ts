import type { Logger } from './logger.ts';

interface Part {
  readonly name: string;
  readonly stop: () => Promise<void> | void;
}

/**
 * Parts in the order they were started; stopped in reverse, each within the time it gets, so that one part that
 * hangs can't keep the others from closing.
 */
export class Lifecycle {
  readonly #parts: Part[] = [];
  readonly #logger: Logger;
  readonly #stopTimeoutMs: number;
  #stopping: Promise<void> | null = null;

  constructor(logger: Logger, stopTimeoutMs = 10_000) {
    this.#logger = logger;
    this.#stopTimeoutMs = stopTimeoutMs;
  }

  onStop(name: string, stop: () => Promise<void> | void): void {
    this.#parts.push({ name, stop });
  }

  /** Safe to call twice; the second caller waits for the first. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    for (const part of this.#parts.toReversed()) {
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<never>((_, reject) => {
        timer = setTimeout(
          () => reject(new Error(`${part.name} did not stop in ${this.#stopTimeoutMs} ms`)),
          this.#stopTimeoutMs,
        );
      });
      try {
        await Promise.race([Promise.resolve(part.stop()), timeout]);
      } catch (error) {
        this.#logger.error({ err: error, part: part.name }, 'a part did not stop cleanly');
      } finally {
        clearTimeout(timer);
      }
    }
  }
}
