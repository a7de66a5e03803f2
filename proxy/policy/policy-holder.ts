import { createHash } from 'node:crypto';
import type { BundleSignature } from '../../core/decision/bundle-signature.ts';
import type { PolicyEngine } from '../../core/decision/policy-engine.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { Logger } from '../../core/process/logger.ts';
import type { PolicyInUse } from '../gate/judge.ts';
import type { BundleSource } from './bundle-source.ts';
import type { BundleStore } from './bundle-store.ts';
import { RollbackError, type RollbackGuard } from './rollback-guard.ts';

export interface LoadedBundle {
  readonly engine: PolicyEngine;
  /** null: signatures don't count here. */
  readonly signature: BundleSignature | null;
}

/** Bytes of a bundle -> an engine that is ready to run. @throws when the bundle is no good */
export type PolicyLoader = (bytes: Uint8Array) => Promise<LoadedBundle>;

export interface PolicyEvent {
  /** `unchanged`: a look found what is in use, or a problem has gone. `failed`: there was nothing to look at. */
  readonly kind: 'swapped' | 'refused' | 'failed' | 'unchanged';
}

export interface PolicyProblem {
  readonly message: string;
  /** Of the bundle server's answer. */
  readonly status: number | null;
}

/** When what happened to the bundle last, in milliseconds since the Unix epoch; null: not yet. */
export interface BundleTimes {
  request: number | null;
  successfulRequest: number | null;
  download: number | null;
  activation: number | null;
}

export interface PolicyHolderOptions {
  readonly source: BundleSource;
  /** Whether the first look is waited for. Not for a server: this process must come up without it. */
  readonly waitsForFirst: boolean;
  readonly load: PolicyLoader;
  readonly guard: RollbackGuard;
  readonly store: BundleStore | null;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The policy in use. Its source is looked at again and again; a new bundle replaces the old whole, once it has loaded; a
 * broken, unsigned or older one changes nothing but `problem`, which readiness, log, status and metric show.
 */
export class PolicyHolder implements PolicyInUse {
  readonly #options: PolicyHolderOptions;
  readonly #listeners: ((event: PolicyEvent) => void)[] = [];
  readonly #stopping = new AbortController();
  readonly times: BundleTimes = { request: null, successfulRequest: null, download: null, activation: null };
  #engine: PolicyEngine | null = null;
  #problem: PolicyProblem | null = null;
  #storeProblem: string | null = null;
  #hash = '';
  #refused: { readonly hash: string; readonly problem: PolicyProblem } | null = null;
  #bundle: Uint8Array | null = null;
  #failures = 0;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: PolicyHolderOptions) {
    this.#options = options;
  }

  get engine(): PolicyEngine | null {
    return this.#engine;
  }

  /** Why what the source has now is not what is used; null when it is. */
  get problem(): PolicyProblem | null {
    return this.#problem;
  }

  /** Why the bundle in use could not be kept for the next start; null when it was, or need not be. */
  get storeProblem(): string | null {
    return this.#storeProblem;
  }

  /** The bundle in use, as it came. */
  get bundle(): Uint8Array | null {
    return this.#bundle;
  }

  /** Of the bundle in use. */
  get bytes(): number {
    return this.#bundle?.byteLength ?? 0;
  }

  get signedAtSeconds(): number | null {
    return this.#options.guard.acceptedAt;
  }

  onEvent(listener: (event: PolicyEvent) => void): void {
    this.#listeners.push(listener);
  }

  /** A missing or broken bundle is a problem, not an error: the sidecar denies until there is a good one. */
  async start(): Promise<void> {
    const isUsable = await this.#recall();
    if (!isUsable) return;
    if (this.#options.waitsForFirst) await this.check();
    else this.#looking = this.check();
    void this.#looking.finally(() => this.#watch());
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#looking;
    await this.#options.source.close();
  }

  /** Looks at the source now. */
  async check(): Promise<void> {
    const { source, clock } = this.#options;
    this.times.request = clock();
    let bytes: Uint8Array | null;
    try {
      bytes = await source.look(this.#stopping.signal);
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      const { message, status = null } = error as Error & { readonly status?: number | null };
      this.#fail('failed', { message, status }, error);
      return;
    }
    this.times.successfulRequest = clock();
    if (bytes === null) this.#unchanged();
    else await this.#take(bytes);
  }

  /** @returns whether bundles may be used at all */
  async #recall(): Promise<boolean> {
    const { guard, store, waitsForFirst } = this.#options;
    try {
      await guard.load();
    } catch (error) {
      this.#fail('refused', { message: (error as Error).message, status: null }, error);
      return false;
    }
    if (store === null || waitsForFirst) return true;
    try {
      const bytes = await store.readBundle();
      if (bytes !== null) await this.#use(bytes);
    } catch (error) {
      this.#fail(
        'refused',
        { message: `the policy kept on disk is no good: ${messageOf(error)}`, status: null },
        error,
      );
    }
    return true;
  }

  /** The source has what is in use, so whatever was wrong is over. */
  #unchanged(): void {
    this.#failures = 0;
    if (this.#problem === null) return;
    this.#problem = null;
    this.#tell('unchanged');
  }

  async #take(bytes: Uint8Array): Promise<void> {
    const { source, clock } = this.#options;
    this.times.download = clock();
    const hash = createHash('sha256').update(bytes).digest('hex');
    if (hash === this.#hash) {
      source.taken();
      this.#unchanged();
      return;
    }
    // It would be refused again, and unpacking it takes its time.
    if (hash === this.#refused?.hash) {
      this.#fail('refused', this.#refused.problem, null);
      return;
    }
    try {
      await this.#use(bytes);
      source.taken();
      this.#refused = null;
    } catch (error) {
      const problem = { message: `the policy bundle is no good: ${messageOf(error)}`, status: null };
      this.#refused = error instanceof RollbackError && error.isPassing ? null : { hash, problem };
      this.#fail('refused', problem, error);
    }
  }

  /** @throws when it is no good, and then nothing has changed */
  async #use(bytes: Uint8Array): Promise<void> {
    const { load, guard, clock, logger } = this.#options;
    const { engine, signature } = await load(bytes);
    if (signature !== null) guard.check(signature);
    await this.#keep(bytes, signature);
    if (this.#stopping.signal.aborted) return;
    this.#engine = engine;
    this.#hash = createHash('sha256').update(bytes).digest('hex');
    this.#bundle = bytes;
    this.#problem = null;
    this.#failures = 0;
    this.times.activation = clock();
    logger.info({ policy_revision: engine.revision, signed_by: signature?.keyId }, 'the policy is loaded');
    this.#tell('swapped');
  }

  /** The bundle before the mark: what is on disk must never be older than what the mark asks for. */
  async #keep(bytes: Uint8Array, signature: BundleSignature | null): Promise<void> {
    const { guard, store, waitsForFirst, logger } = this.#options;
    try {
      if (!waitsForFirst) await store?.writeBundle(bytes);
      if (signature !== null) await guard.accepted(signature);
      this.#storeProblem = null;
    } catch (error) {
      this.#storeProblem = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      logger.error({ err: error }, 'the policy could not be kept for the next start');
    }
  }

  #fail(kind: 'refused' | 'failed', problem: PolicyProblem, error: unknown): void {
    this.#failures += 1;
    if (problem.message === this.#problem?.message) return;
    this.#problem = problem;
    this.#options.logger.error(
      { err: error, in_use: this.#engine?.revision ?? null },
      'the newest policy is not used; the last good one, if any, stays',
    );
    this.#tell(kind);
  }

  #tell(kind: PolicyEvent['kind']): void {
    for (const listener of this.#listeners) listener({ kind });
  }

  #watch(): void {
    if (this.#stopping.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.check();
      void this.#looking.finally(() => this.#watch());
    }, this.#options.source.delayMs(this.#failures));
    this.#timer.unref();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
