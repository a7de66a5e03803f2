import { fork, type ChildProcess } from 'node:child_process';
import type { FeedMessage } from '../../core/feed/feed-message.ts';
import { snapshotMessages, type HeldFacts } from '../facts/snapshot-content.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

const ROOT = new URL('../worker.ts', import.meta.url);
/** Messages handed over at once. */
const BATCH = 500;

export interface PoolWorkerOptions {
  /** Said in messages to the operator: 1, 2, … */
  readonly place: number;
  readonly isReplacement: boolean;
  /** More facts than this that wait for a worker: it does not keep up, and is given up. */
  readonly maxWaitingFacts: number;
  readonly onMessage: (worker: PoolWorker, message: FromWorker) => void;
  readonly onLines: (lines: string) => void;
  readonly onExit: (worker: PoolWorker, how: string) => void;
}

/** One worker, as the first process sees it: what is on its way to it, and what it last said of itself. */
export class PoolWorker {
  readonly place: number;
  readonly isReplacement: boolean;
  readonly #options: PoolWorkerOptions;
  readonly #child: ChildProcess;
  readonly exited: Promise<void>;
  #waiting: FeedMessage[] = [];
  #waitingFacts = 0;
  #snapshot: Iterator<FeedMessage> | null = null;
  #isFed = false;
  #isSending = false;
  #isGone = false;
  /** `performance.now()` of when it last said anything. */
  heardAt = performance.now();
  isListening = false;
  state: Extract<FromWorker, { kind: 'state' }> | null = null;

  constructor(options: PoolWorkerOptions) {
    this.place = options.place;
    this.isReplacement = options.isReplacement;
    this.#options = options;
    this.#child = fork(ROOT, { serialization: 'advanced', stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    forwardLines(this.#child.stdout!, options.onLines);
    this.#child.on('message', (message: FromWorker) => {
      this.heardAt = performance.now();
      options.onMessage(this, message);
    });
    this.exited = new Promise((resolve) => {
      const ended = (how: string): void => {
        if (this.#isGone) return;
        this.#isGone = true;
        this.isListening = false;
        options.onExit(this, how);
        resolve();
      };
      this.#child.once('exit', (code, signal) => ended(signal === null ? `code ${code}` : signal));
      this.#child.once('error', (error) => ended(error.message));
    });
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  send(message: ToWorker): void {
    if (!this.#isGone && this.#child.connected) this.#child.send(message, () => {});
  }

  /** All facts anew; what waited for it is in there. */
  feedFrom(held: HeldFacts): void {
    this.#waiting = [];
    this.#waitingFacts = 0;
    this.#snapshot = snapshotMessages(held);
    this.#isFed = true;
    this.send({ kind: 'feed-begin' });
    void this.#drain();
  }

  /** The next message of the feed. Before it has its snapshot, that will hold it. */
  feed(message: FeedMessage): void {
    if (!this.#isFed || this.#isGone) return;
    this.#waiting.push(message);
    this.#waitingFacts += message.type === 'change' ? message.facts.length + 1 : 1;
    if (this.#waitingFacts > this.#options.maxWaitingFacts) this.kill();
    else void this.#drain();
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** One batch at a time is on its way: the channel takes no more than the worker reads. */
  async #drain(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      for (;;) {
        const messages = this.#next();
        if (messages.length === 0 || this.#isGone || !this.#child.connected) return;
        await new Promise<void>((resolve) => {
          this.#child.send({ kind: 'feed', messages } satisfies ToWorker, () => resolve());
        });
      }
    } finally {
      this.#isSending = false;
    }
  }

  #next(): FeedMessage[] {
    const messages: FeedMessage[] = [];
    while (this.#snapshot !== null && messages.length < BATCH) {
      const { value, done } = this.#snapshot.next();
      if (done === true) this.#snapshot = null;
      else messages.push(value);
    }
    if (messages.length > 0) return messages;
    const waiting = this.#waiting.splice(0, BATCH);
    for (const message of waiting) this.#waitingFacts -= message.type === 'change' ? message.facts.length + 1 : 1;
    return waiting;
  }
}

/** Whole lines only, so that those of several workers don't mix. */
function forwardLines(output: NodeJS.ReadableStream, onLines: (lines: string) => void): void {
  let rest = '';
  output.setEncoding('utf8');
  output.on('data', (text: string) => {
    const end = text.lastIndexOf('\n') + 1;
    if (end === 0) rest += text;
    else {
      onLines(rest + text.slice(0, end));
      rest = text.slice(end);
    }
  });
  output.on('end', () => {
    if (rest !== '') onLines(`${rest}\n`);
  });
}
