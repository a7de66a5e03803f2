import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';

/**
 * Runs a command that ends when this process ends, however it ends: the shell around it reads from a pipe (fd 3) that
 * only we hold, and the kernel closes ours even at a kill -9. SIGINT is PostgreSQL's fast shutdown.
 */
const DIES_WITH_PARENT = `
"$@" 3<&- &
p=$!
(read x <&3; kill -INT $p 2>/dev/null) &
r=$!
wait $p
s=$?
kill $r 2>/dev/null
exit $s`;

export interface SupervisedProcess {
  /** Resolves when it has ended; never rejects. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** The last lines it wrote, for an error message. */
  lastWords(): string;
  /** Asks it to end (SIGINT) and waits; kills it after `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>;
}

const LAST_WORDS_LINES = 20;

export function startSupervised(
  command: readonly string[],
  options: {
    readonly env: Readonly<Record<string, string>>;
    readonly cwd: string;
    readonly uid?: number;
    readonly gid?: number;
    readonly onLine: (line: string) => void;
  },
): SupervisedProcess {
  const child = spawn('/bin/sh', ['-c', DIES_WITH_PARENT, 'sh', ...command], {
    env: options.env,
    cwd: options.cwd,
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    // Out of the terminal's process group: Ctrl-C must reach us first, the database last.
    detached: true,
  });
  const words: string[] = [];
  for (const stream of [child.stdout!, child.stderr!]) {
    createInterface({ input: stream }).on('line', (line) => {
      words.push(line);
      if (words.length > LAST_WORDS_LINES) words.shift();
      options.onLine(line);
    });
  }
  const lifeline = child.stdio[3] as Writable;
  lifeline.on('error', () => {});
  const ended = endOf(child);
  void ended.then(() => lifeline.destroy());
  return { ended, lastWords: () => words.join('\n'), stop: (timeoutMs) => stop(child, lifeline, ended, timeoutMs) };
}

function endOf(child: ChildProcess): SupervisedProcess['ended'] {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

async function stop(child: ChildProcess, lifeline: Writable, ended: Promise<unknown>, timeoutMs: number) {
  lifeline.destroy();
  const timer = setTimeout(() => {
    // The whole group of its own: the shell, PostgreSQL and its children.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  }, timeoutMs);
  await ended;
  clearTimeout(timer);
}
