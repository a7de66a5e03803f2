import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { EXIT_CONFIG } from '../core/process/read-config.ts';
import { openBoundedLog, type BoundedLog } from './bounded-log.ts';

export interface ChildRoot {
  readonly name: string;
  /** Resolves when it is ready for the first time. Rejects when it ends before that. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

export interface ChildRootOptions {
  readonly name: string;
  /** The root's file. */
  readonly file: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Everything it writes goes here; see `openBoundedLog`. */
  readonly logFile: string;
  /** Tells the person at the terminal. */
  readonly say: (line: string) => void;
  /** Left out: the child's own message `{type: 'ready'}` is enough. */
  readonly isReady?: () => Promise<boolean>;
}

const DIE_WITH_PARENT = new URL('./die-with-parent.ts', import.meta.url).href;
const FIRST_RESTART_MS = 500;
const LONGEST_RESTART_MS = 10_000;
/** A child that lived this long starts at the shortest delay again. */
const STEADY_MS = 30_000;
const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 20;
const STOP_TIMEOUT_MS = 12_000;
const LAST_WORDS_LINES = 15;

/** One of the product's own roots as a child process, started again with growing delays whenever it dies. */
export function startChildRoot(options: ChildRootOptions): ChildRoot {
  const { name, say } = options;
  const log = openBoundedLog(options.logFile);
  const stopping = new AbortController();
  let run = startRun(options, log);

  const keepUp = async () => {
    let wait = FIRST_RESTART_MS;
    while (!stopping.signal.aborted) {
      const startedMs = performance.now();
      const end = await run.ended;
      if (stopping.signal.aborted) return;
      if (performance.now() - startedMs > STEADY_MS) wait = FIRST_RESTART_MS;
      say(`${name} ended (${end}) and is started again in ${wait} ms; see ${options.logFile}`);
      await delay(wait, undefined, { signal: stopping.signal }).catch(() => {});
      wait = Math.min(wait * 2, LONGEST_RESTART_MS);
      if (!stopping.signal.aborted) run = startRun(options, log);
    }
  };

  const ready = waitUntilReady(options, run, stopping.signal);
  const following = ready.then(keepUp, () => {});
  return {
    name,
    ready,
    async stop() {
      stopping.abort();
      await run.stop();
      await following;
      log.close();
    },
  };
}

interface Run {
  /** Exit code or signal. */
  readonly ended: Promise<number | string>;
  saidReady(): boolean;
  lastWords(): string;
  stop(): Promise<void>;
}

function startRun(options: ChildRootOptions, log: BoundedLog): Run {
  const child = spawn(process.execPath, ['--import', DIE_WITH_PARENT, options.file, ...(options.args ?? [])], {
    env: { ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Out of the terminal's process group: Ctrl-C reaches the parent only, who stops the children in order.
    detached: true,
  });
  let ready = false;
  child.on('message', (message) => {
    if ((message as { type?: unknown } | null)?.type === 'ready') ready = true;
  });
  const words: string[] = [];
  for (const stream of [child.stdout!, child.stderr!]) {
    createInterface({ input: stream }).on('line', (line) => {
      log.writeLine(line);
      words.push(line);
      if (words.length > LAST_WORDS_LINES) words.shift();
    });
  }
  const ended = new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    // `close`, not `exit`: by then its last words have arrived.
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  return { ended, saidReady: () => ready, lastWords: () => words.join('\n'), stop: () => stopChild(child, ended) };
}

async function stopChild(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}

async function waitUntilReady(options: ChildRootOptions, run: Run, signal: AbortSignal): Promise<void> {
  let end: number | string | undefined;
  void run.ended.then((value) => (end = value));
  const deadline = performance.now() + READY_TIMEOUT_MS;
  for (;;) {
    if (end !== undefined) {
      const why = end === EXIT_CONFIG ? 'found its configuration wrong' : `ended (${end}) while it started`;
      throw new Error(`${options.name} ${why}:\n${run.lastWords()}`);
    }
    if (signal.aborted) throw new Error(`${options.name} was stopped before it was ready.`);
    if (options.isReady === undefined ? run.saidReady() : await options.isReady().catch(() => false)) return;
    if (performance.now() > deadline) {
      throw new Error(`${options.name} was not ready after ${READY_TIMEOUT_MS / 1000} s:\n${run.lastWords()}`);
    }
    await delay(READY_POLL_MS);
  }
}
