import { readFileSync } from 'node:fs';

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
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const rss = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
      rssMb: Math.round(Number(rss) / MEGABYTE_IN_KB),
    };
  } catch {
    return null;
  }
}
