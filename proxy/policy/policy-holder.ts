import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { PolicyEngine } from '../../core/decision/policy-engine.ts';
import type { Logger } from '../../core/process/logger.ts';
import type { PolicyInUse } from '../gate/judge.ts';

/** Bytes of a bundle -> an engine that is ready to run. @throws when the bundle is no good */
export type PolicyLoader = (bytes: Uint8Array) => Promise<PolicyEngine>;

export interface PolicyEvent {
  readonly kind: 'swapped' | 'refused';
}

/**
 * The policy in use. The file is looked at again and again; a new one replaces the old whole, once it has loaded; a
 * broken one changes nothing but `problem`, which readiness, log and metric show.
 */
export class PolicyHolder implements PolicyInUse {
  readonly #path: string;
  readonly #load: PolicyLoader;
  readonly #pollMs: number;
  readonly #logger: Logger;
  readonly #listeners: ((event: PolicyEvent) => void)[] = [];
  #engine: PolicyEngine | null = null;
  #problem: string | null = null;
  /** What the file looked like when it was last read: by its inode and times, then by its content. */
  #seenStat = '';
  #seenHash = '';
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;

  constructor(path: string, load: PolicyLoader, pollMs: number, logger: Logger) {
    this.#path = path;
    this.#load = load;
    this.#pollMs = pollMs;
    this.#logger = logger;
  }

  get engine(): PolicyEngine | null {
    return this.#engine;
  }

  /** Why the file as it is now is not what is used; null when it is. */
  get problem(): string | null {
    return this.#problem;
  }

  onEvent(listener: (event: PolicyEvent) => void): void {
    this.#listeners.push(listener);
  }

  /** Loads once, then watches. A missing or broken file is a problem, not an error: the sidecar denies until there is one. */
  async start(): Promise<void> {
    await this.check();
    this.#watch();
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** Looks at the file now. */
  async check(): Promise<void> {
    let bytes: Uint8Array;
    try {
      const { ino, size, mtimeMs, ctimeMs } = await stat(this.#path);
      const seen = `${ino}:${size}:${mtimeMs}:${ctimeMs}`;
      if (seen === this.#seenStat) return;
      bytes = await readFile(this.#path);
      this.#seenStat = seen;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      this.#refuse(`the policy bundle can't be read (${code})`, error);
      this.#seenStat = '';
      return;
    }
    const hash = createHash('sha256').update(bytes).digest('hex');
    if (hash === this.#seenHash && this.#problem === null) return;
    try {
      const engine = await this.#load(bytes);
      this.#seenHash = hash;
      this.#swap(engine);
    } catch (error) {
      this.#refuse(`the policy bundle is no good: ${error instanceof Error ? error.message : String(error)}`, error);
    }
  }

  #swap(engine: PolicyEngine): void {
    if (this.#isStopped) return;
    this.#engine = engine;
    this.#problem = null;
    this.#logger.info({ policy_revision: engine.revision }, 'the policy is loaded');
    for (const listener of this.#listeners) listener({ kind: 'swapped' });
  }

  #refuse(problem: string, error: unknown): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#logger.error(
      { err: error, in_use: this.#engine?.revision ?? null },
      'the policy file is not used; the last good policy, if any, stays',
    );
    for (const listener of this.#listeners) listener({ kind: 'refused' });
  }

  #watch(): void {
    this.#timer = setTimeout(() => {
      void this.check().finally(() => {
        if (!this.#isStopped) this.#watch();
      });
    }, this.#pollMs);
    this.#timer.unref();
  }
}
