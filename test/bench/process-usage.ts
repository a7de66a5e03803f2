import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in these, whatever the kernel ticks at. */
const TICKS_PER_SECOND = 100;
const MEGABYTE_IN_KB = 1024;

export interface ProcessUsage {
  readonly cpuSeconds: number;
  readonly rssMb: number;
}

/** What a process has used so far; null where there is no /proc. */
export function usageOf(pid: number): ProcessUsage | null {
  try {
    const fields = statOf(pid);
    const rss = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
      rssMb: Math.round(Number(rss) / MEGABYTE_IN_KB),
    };
  } catch {
    return null;
  }
}

/** These processes and all that descend from them, added up. @throws Error when one of them can't be looked at */
export function usageOfTrees(pids: readonly number[]): ProcessUsage {
  let cpuSeconds = 0;
  let rssMb = 0;
  for (const pid of treeOf(pids)) {
    const usage = usageOf(pid);
    if (usage === null) throw new Error(`Process ${pid} can't be looked at (/proc is needed).`);
    cpuSeconds += usage.cpuSeconds;
    rssMb += usage.rssMb;
  }
  return { cpuSeconds, rssMb };
}

/** These processes and all that descend from them. */
export function treeOf(pids: readonly number[]): Set<number> {
  const childrenOf = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const parent = Number(statOf(Number(name))[1]);
      childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), Number(name)]);
    } catch {
      // It ended while the list was read.
    }
  }
  const found = new Set<number>();
  const visit = (pid: number): void => {
    found.add(pid);
    for (const child of childrenOf.get(pid) ?? []) visit(child);
  };
  for (const pid of pids) visit(pid);
  return found;
}

/** From the state on: the name before it may hold blanks and brackets. */
function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
