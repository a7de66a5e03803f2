import { AggregatorRegistry, Gauge, Counter, type Registry } from 'prom-client';
import type { FeedMessage } from '../../core/feed/feed-message.ts';
import type { Logger } from '../../core/process/logger.ts';
import type { Readiness } from '../../core/process/ops-server.ts';
import type { ProxyConfig, ProxySecrets } from '../config.ts';
import type { FeedPosition } from '../facts/control-plane.ts';
import type { FactSource } from '../facts/fact-source.ts';
import type { FirstUse } from '../facts/first-use-report.ts';
import type { TrustedClock } from '../facts/trusted-clock.ts';
import type { AssertionKeys } from '../identity/assertion-keys.ts';
import type { PolicyHolder } from '../policy/policy-holder.ts';
import { PoolWorker } from './pool-worker.ts';
import type { FromWorker, SharedKey } from './worker-messages.ts';

/** How often it is looked whether all workers say something. */
const LOOK_EVERY_MS = 1_000;
/** A worker that does not answer is left out of what is scraped. */
const METRICS_TIMEOUT_MS = 2_000;

export interface WorkerPoolOptions {
  readonly config: ProxyConfig;
  readonly secrets: ProxySecrets;
  readonly instance: string;
  readonly denialKey: SharedKey;
  readonly assertionKeys: AssertionKeys;
  readonly facts: FactSource;
  readonly clock: TrustedClock;
  readonly policy: PolicyHolder;
  readonly registry: Registry;
  readonly logger: Logger;
  readonly onFirstUses: (uses: readonly FirstUse[]) => void;
  /** How far the slowest is has changed. */
  readonly onApplied: () => void;
  readonly onLines: (lines: string) => void;
}

/**
 * The processes that carry the traffic. They share the port by SO_REUSEPORT, so that a connection goes straight to the
 * worker that the kernel picks: this process is on nobody's way, and a worker goes on answering, and refusing, when it is stuck.
 * This one reads the feed and the policy, hands both on, and puts a new worker in the place of one that died, fell silent or
 * does not keep up.
 */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #workers: (PoolWorker | null)[];
  readonly #restarts: Counter;
  readonly #answers = new Map<number, (metrics: readonly object[]) => void>();
  #questions = 0;
  #failures = 0;
  #port: number;
  #look: NodeJS.Timeout | null = null;
  #isStopping = false;
  #onFirst: ((outcome: { readonly port: number } | { readonly error: Error }) => void) | null = null;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#port = options.config.proxy.port;
    this.#workers = Array.from({ length: options.config.proxy.workers }, () => null);
    const { registry, facts, policy, assertionKeys } = options;
    this.#restarts = new Counter({
      name: 'hallpass_proxy_worker_restarts_total',
      help: 'Workers that another one was started in the place of.',
      registers: [registry],
    });
    const gauge: Gauge = new Gauge({
      name: 'hallpass_proxy_workers',
      help: 'Workers that take connections.',
      registers: [registry],
      collect: () => gauge.set(this.#alive.filter(({ isListening }) => isListening).length),
    });
    facts.onTaken((message) => this.#feed(message));
    policy.onEvent(({ kind }) => {
      if (kind === 'swapped') for (const worker of this.#alive) this.#sendPolicy(worker);
    });
    assertionKeys.onChange((keys) => {
      for (const worker of this.#alive) worker.send({ kind: 'assertion-keys', keys });
    });
  }

  /** @returns the port they all listen at @throws Error of the first one, when it can't */
  async start(): Promise<number> {
    // The first says which port it is, where any would do.
    const first = await new Promise<{ readonly port: number } | { readonly error: Error }>((resolve) => {
      this.#onFirst = resolve;
      this.#spawn(0, false);
    });
    this.#onFirst = null;
    if ('error' in first) throw first.error;
    this.#port = first.port;
    for (let place = 1; place < this.#workers.length; place += 1) this.#spawn(place, false);
    this.#look = setInterval(() => this.#killSilent(), LOOK_EVERY_MS);
    return this.#port;
  }

  /** Each lets what is under way finish within the grace. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#look !== null) clearInterval(this.#look);
    const alive = this.#alive;
    for (const worker of alive) worker.send({ kind: 'stop' });
    const { shutdown_grace_ms: graceMs } = this.#options.config.limits;
    const timer = setTimeout(() => {
      for (const worker of alive) worker.kill();
    }, graceMs + 5_000);
    await Promise.all(alive.map(({ exited }) => exited));
    clearTimeout(timer);
  }

  get readiness(): Readiness {
    const missing: string[] = [];
    const warnings: string[] = [];
    for (const [index, worker] of this.#workers.entries()) {
      const name = `worker ${index + 1}`;
      if (worker?.isListening !== true || worker.state === null) missing.push(`${name}: it does not listen`);
      else {
        missing.push(...worker.state.missing.map((what) => `${name}: ${what}`));
        warnings.push(...worker.state.warnings.map((what) => `${name}: ${what}`));
      }
    }
    return { ready: missing.length === 0, missing, warnings };
  }

  /** Of the slowest worker that takes connections; null while one is not on this history. */
  get applied(): FeedPosition | null {
    let slowest = this.#options.facts.position;
    for (const worker of this.#alive) {
      if (!worker.isListening || slowest === null) continue;
      const position = worker.state?.position ?? null;
      if (position === null || position.epoch !== slowest.epoch) return null;
      if (position.revision < slowest.revision) slowest = position;
    }
    return slowest;
  }

  /** Everybody's metrics as one: each says itself whether it is summed up. */
  async metrics(): Promise<Registry> {
    const { registry } = this.#options;
    const all = await Promise.all(this.#alive.map((worker) => this.#askMetrics(worker)));
    const own = await registry.getMetricsAsJSON();
    return AggregatorRegistry.aggregate([own, ...all.filter((one) => one !== null)] as never);
  }

  get #alive(): PoolWorker[] {
    return this.#workers.filter((worker) => worker !== null);
  }

  #spawn(place: number, isReplacement: boolean): void {
    if (this.#isStopping) return;
    const { config, secrets, instance, denialKey, assertionKeys, onLines } = this.#options;
    const worker = new PoolWorker({
      place,
      isReplacement,
      maxWaitingFacts: config.limits.worker_waiting_facts,
      onMessage: (from, message) => this.#hear(from, message),
      onLines,
      onExit: (from, how) => this.#replace(from, how),
    });
    this.#workers[place] = worker;
    const withPort = { ...config, proxy: { ...config.proxy, port: this.#port } };
    const keys = assertionKeys.shared;
    worker.send({ kind: 'begin', config: withPort, secrets, instance, denialKey, assertionKeys: keys, isReplacement });
    this.#sendPolicy(worker);
  }

  #replace(worker: PoolWorker, how: string): void {
    const { logger, config } = this.#options;
    this.#workers[worker.place] = null;
    this.#onFirst?.({ error: new Error(`the first worker ended before it listened (${how})`) });
    if (this.#isStopping) return;
    this.#failures += 1;
    const { worker_restart_min_ms: least, worker_restart_max_ms: most } = config.limits;
    const waitMs = Math.min(most, least * 2 ** Math.min(this.#failures - 1, 20));
    logger.error(
      { worker: worker.place + 1, pid: worker.pid, how, wait_ms: waitMs },
      'a worker is gone; another takes its place',
    );
    this.#restarts.inc();
    this.#options.onApplied();
    setTimeout(() => this.#spawn(worker.place, true), waitMs).unref();
  }

  #killSilent(): void {
    const { logger, config } = this.#options;
    for (const worker of this.#alive) {
      const silentMs = performance.now() - worker.heardAt;
      if (silentMs <= config.limits.worker_silence_ms) continue;
      logger.error({ worker: worker.place + 1, pid: worker.pid, silent_ms: Math.round(silentMs) }, 'a worker is stuck');
      worker.kill();
    }
  }

  #hear(worker: PoolWorker, message: FromWorker): void {
    const { logger, clock, onFirstUses, onApplied } = this.#options;
    switch (message.kind) {
      case 'listening':
        worker.isListening = true;
        this.#failures = 0;
        this.#onFirst?.({ port: message.port });
        logger.info({ worker: worker.place + 1, pid: worker.pid, port: message.port }, 'a worker listens');
        break;
      case 'failed':
        if (this.#onFirst === null) logger.error({ worker: worker.place + 1 }, message.message);
        else this.#onFirst({ error: new Error(message.message) });
        break;
      case 'want-facts': {
        const held = this.#options.facts.hold();
        if (held !== null) worker.feedFrom(held);
        break;
      }
      case 'ask-time': {
        const isKnown = clock.skewMs !== null && !clock.hasDoubt;
        worker.send({ kind: 'time', question: message.question, serverMs: isKnown ? clock.now() : null });
        break;
      }
      case 'state': {
        const before = worker.state?.position?.mark;
        worker.state = message;
        if (message.position?.mark !== before) onApplied();
        break;
      }
      case 'first-uses':
        onFirstUses(message.uses);
        break;
      case 'metrics':
        this.#answers.get(message.question)?.(message.metrics);
    }
  }

  #feed(message: FeedMessage): void {
    if (message.type === 'snapshot-end') {
      for (const worker of this.#alive) {
        const held = this.#options.facts.hold();
        if (held !== null) worker.feedFrom(held);
      }
    } else if (message.type === 'change' || message.type === 'heartbeat') {
      for (const worker of this.#alive) worker.feed(message);
    }
  }

  #sendPolicy(worker: PoolWorker): void {
    const { bundle } = this.#options.policy;
    if (bundle !== null) worker.send({ kind: 'policy', bundle });
  }

  #askMetrics(worker: PoolWorker): Promise<readonly object[] | null> {
    this.#questions += 1;
    const question = this.#questions;
    return new Promise((resolve) => {
      const settle = (metrics: readonly object[] | null): void => {
        clearTimeout(timer);
        this.#answers.delete(question);
        resolve(metrics);
      };
      const timer = setTimeout(() => settle(null), METRICS_TIMEOUT_MS);
      this.#answers.set(question, settle);
      worker.send({ kind: 'ask-metrics', question });
    });
  }
}
