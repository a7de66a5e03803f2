import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { readdirSync, readFileSync } from 'node:fs';

export interface TestChild {
  readonly process: ChildProcess;
  readonly pid: number;
  /** All it wrote so far, both streams. */
  readonly output: () => string;
  /** The first line, of those already written or to come, that starts with `prefix`. Rejects if it ends before. */
  line(prefix: string, timeoutMs?: number): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** Runs a TypeScript file of the repository in a node of its own. */
export function startChild(
  file: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string | undefined>> = {},
): TestChild {
  const child = spawn(process.execPath, [file, ...args], {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      tell();
    });
  }
  let end: number | NodeJS.Signals | null | undefined;
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('close', (code, signal) => {
      end = code ?? signal;
      tell();
      resolve(end);
    });
  });
  const line = (prefix: string, timeoutMs = 60_000) =>
    new Promise<string>((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        listeners.delete(look);
        settle();
      };
      const fail = (why: string) =>
        finish(() => reject(new Error(`${file} ${why} before it said "${prefix}":\n${lines.join('\n')}`)));
      const look = () => {
        const found = lines.find((text) => text.startsWith(prefix));
        if (found !== undefined) finish(() => resolve(found));
        else if (end !== undefined) fail(`ended (${end})`);
      };
      const timer = setTimeout(() => fail(`took longer than ${timeoutMs} ms`), timeoutMs);
      listeners.add(look);
      look();
    });
  return {
    process: child,
    pid: child.pid!,
    output: () => lines.join('\n'),
    line,
    kill: (signal) => void child.kill(signal),
    ended,
  };
}

/** Pids of the processes whose command line holds `text` (Linux). */
export function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
      } catch {
        return false;
      }
    });
}
