import { readFileSync } from 'node:fs';
import { processesWith } from './child-process.ts';
import type { Stack } from './quickstart-stack.ts';

/** Pid of the stack's own process that runs `file`; null when there is none at the moment (Linux). */
export function pidOfRoot(stack: Stack, file: string): number | null {
  return processesWith(file).find((pid) => parentOf(pid) === stack.child.pid) ?? null;
}

/** A process that has ended but that nobody has asked about yet (a zombie) is not alive (Linux). */
export function isAlive(pid: number): boolean {
  const state = statOf(pid)?.[0];
  return state !== undefined && state !== 'Z' && state !== 'X';
}

/** Its command line, for messages. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '(gone)';
  }
}

/** null: it is gone. */
export function parentOf(pid: number): number | null {
  const parent = statOf(pid)?.[1];
  return parent === undefined ? null : Number(parent);
}

/** The fields of proc(5) `stat` after the command's name: state, parent, … */
function statOf(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}
