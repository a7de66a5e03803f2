import { spawn } from 'node:child_process';
import { waitUntil } from '../support/wait-until.ts';
import type { StopList } from './stop-list.ts';

const READY_TIMEOUT_MS = 120_000;
const KILL_AFTER_MS = 10_000;
const KEPT_LINES = 40;

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Asked until it answers, with whatever status. */
  readonly readyUrl: string;
}

/**
 * Starts a program that serves, and waits until it does; `stops` ends it.
 * @returns its process id
 * @throws Error with what it wrote, when it ends or does not answer
 */
export async function startProgram({ command, args, env = {}, readyUrl }: Program, stops: StopList): Promise<number> {
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, HOME: '/nonexistent', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let written: string[] = [];
  let isOver = false;
  child.stderr.on('data', (chunk: Buffer) => {
    written = [...written, ...chunk.toString().split('\n')].slice(-KEPT_LINES);
  });
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      isOver = true;
      resolve();
    };
    child.once('exit', end);
    child.once('error', (error) => {
      written.push(error.message);
      end();
    });
  });
  stops.add(async () => {
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
    if (!isOver) await ended;
    clearTimeout(kill);
  });
  const answers = async (): Promise<boolean> => isOver || (await fetch(readyUrl)).status > 0;
  await waitUntil(`${command} to answer`, answers, { timeoutMs: READY_TIMEOUT_MS });
  if (isOver) throw new Error(`${command} ended at its start:\n${written.join('\n')}`);
  return child.pid!;
}
