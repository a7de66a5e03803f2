import type { Readiness } from '../../core/process/ops-server.ts';
import type { FactsFeed, FactsLink } from '../facts/facts-feed.ts';
import type { FactSource } from '../facts/fact-source.ts';
import type { FirstUse } from '../facts/first-use-report.ts';
import type { TrustedClock } from '../facts/trusted-clock.ts';
import type { BundleSource } from '../policy/bundle-source.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

/** How often time is asked and the state told, which also shows that this process lives. */
const PULSE_MS = 500;
/** A policy that was handed over is looked for this often. */
const POLICY_LOOK_MS = 50;

/**
 * A worker's end of the channel: where its facts, its policy and the time come from. Its replica and its clock are its own,
 * and so is its judgement of how old the facts are: when the first process is stuck or gone, nothing confirms them any
 * more and the worker refuses.
 */
export class WorkerLink implements FactsLink {
  readonly feed: FactsFeed;
  readonly #send: (message: FromWorker) => void;
  #source: FactSource | null = null;
  #clock: TrustedClock | null = null;
  #bundle: Uint8Array | null = null;
  #isConnected = true;
  #pulse: NodeJS.Timeout | null = null;
  #readiness: () => Readiness = () => ({ ready: false, missing: ['the start'] });
  /** When the newest question for the time was sent; answers to older ones are passed over. */
  #asked = { question: 0, atMs: 0 };

  constructor(send: (message: FromWorker) => void) {
    this.#send = send;
    const isConnected = (): boolean => this.#isConnected;
    this.feed = {
      get isConnected() {
        return isConnected();
      },
      get problem() {
        return isConnected() ? null : 'the first process is gone';
      },
      start: () => this.#start(),
      askTime: () => this.#askTime(),
      stop: async () => {
        if (this.#pulse !== null) clearInterval(this.#pulse);
      },
    };
  }

  /** The parts that are fed from here. */
  join(source: FactSource, clock: TrustedClock, readiness: () => Readiness): void {
    this.#source = source;
    this.#clock = clock;
    this.#readiness = readiness;
  }

  async reportFirstUses(uses: readonly FirstUse[]): Promise<void> {
    if (!this.#isConnected) throw new Error('the first process is gone');
    this.#send({ kind: 'first-uses', uses });
  }

  /** The bundles that the first process has taken into use. */
  get bundles(): BundleSource {
    return {
      look: async () => this.#bundle,
      taken: () => {
        this.#bundle = null;
      },
      delayMs: () => POLICY_LOOK_MS,
      close: async () => {},
    };
  }

  receive(message: Extract<ToWorker, { kind: 'policy' | 'feed-begin' | 'feed' | 'time' }>): void {
    if (message.kind === 'policy') this.#bundle = message.bundle;
    else if (message.kind === 'time') this.#hearTime(message);
    else if (message.kind === 'feed-begin') this.#source?.startConnection(null);
    else this.#take(message.messages);
  }

  disconnected(): void {
    this.#isConnected = false;
  }

  #start(): void {
    this.#askTime();
    this.#send({ kind: 'want-facts', why: 'the start' });
    this.#pulse = setInterval(() => {
      this.#askTime();
      this.tell();
    }, PULSE_MS);
  }

  /** How far this is, and whether it can answer. */
  tell(): void {
    const { ready, missing, warnings = [] } = this.#readiness();
    this.#send({ kind: 'state', ready, missing, warnings, position: this.#source?.position ?? null });
  }

  #take(messages: Extract<ToWorker, { kind: 'feed' }>['messages']): void {
    const [source, clock] = [this.#source, this.#clock];
    if (source === null || clock === null) return;
    const before = source.position;
    for (const message of messages) {
      const problem = source.receive(message, clock.steady());
      if (problem !== null) {
        this.#send({ kind: 'want-facts', why: problem });
        return;
      }
    }
    if (source.position?.mark !== before?.mark || source.position?.epoch !== before?.epoch) this.tell();
  }

  #askTime(): void {
    if (this.#clock === null || !this.#isConnected) return;
    this.#asked = { question: this.#asked.question + 1, atMs: this.#clock.steady() };
    this.#send({ kind: 'ask-time', question: this.#asked.question });
  }

  #hearTime({ question, serverMs }: Extract<ToWorker, { kind: 'time' }>): void {
    const clock = this.#clock;
    if (clock === null || serverMs === null || question !== this.#asked.question) return;
    clock.hear({ serverMs, receivedMs: clock.steady(), askedMs: this.#asked.atMs });
  }
}
