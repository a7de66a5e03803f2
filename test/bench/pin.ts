import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { treeOf } from './process-usage.ts';
import type { StopList } from './stop-list.ts';

/**
 * What is measured runs on one core by itself; what loads it, and what stands behind it, on another. Left to the scheduler,
 * two runs of the same differ by half, by which two of the processes happen to share a core.
 */
const CORES = { measured: '1', others: '0' } as const;

const hasCores = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;

/** Binds processes, and all that descends from them now or later, to their core; nothing happens where that can't be done. */
export function pin(place: keyof typeof CORES, pids: readonly number[]): void {
  if (!hasCores) return;
  // A process that has ended in the meantime needs none.
  for (const pid of treeOf(pids)) spawnSync('taskset', ['-a', '-p', '-c', CORES[place], String(pid)]);
}

/** This process on its core with all it has started, until the part that is measured is over: what comes after starts anew. */
export function pinSelf(stops: StopList): void {
  pin('others', [process.pid]);
  stops.add(() => {
    if (hasCores) spawnSync('taskset', ['-a', '-p', '-c', Object.values(CORES).toSorted().join(), String(process.pid)]);
  });
}

/** Whether figures of here are of pinned processes. */
export function isPinned(): boolean {
  return hasCores;
}

/** A command that begins on its core. */
export function pinned(place: keyof typeof CORES, file: string, args: readonly string[]): [string, string[]] {
  return hasCores ? ['taskset', ['-c', CORES[place], file, ...args]] : [file, [...args]];
}
