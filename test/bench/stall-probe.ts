/**
 * Loaded into the sidecar before anything else (`--import`), where stalls are looked for: how late the event loop runs what
 * is due, and how long collections of garbage take. Asked over the channel to the parent; each answer begins a new watch.
 */
import { createHistogram, monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';

export interface Stalls {
  readonly seconds: number;
  /** How long the event loop was held at a stretch, by the clock on the wall. */
  readonly stall_ms: { readonly p50: number; readonly p99: number; readonly max: number };
  /** The same in processor time of its thread: on a busy machine that says what is its own doing. */
  readonly stall_cpu_ms: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly gc_share: number;
  readonly gc_longest_ms: number;
}

const RESOLUTION_MS = 1;
const NANOSECONDS_IN_MS = 1e6;
const MICROSECONDS_IN_MS = 1000;

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
const turns = createHistogram();
let since = performance.now();
let cpuBefore = threadMicroseconds();
let gcMs = 0;
let gcLongestMs = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) {
    gcMs += duration;
    gcLongestMs = Math.max(gcLongestMs, duration);
  }
}).observe({ entryTypes: ['gc'] });
delay.enable();
setInterval(() => {
  const cpu = threadMicroseconds();
  turns.record(Math.max(1, cpu - cpuBefore));
  cpuBefore = cpu;
}, RESOLUTION_MS).unref();

process.on('message', () => {
  // What is measured is the time between two ticks; that they are a millisecond apart is no stall.
  const stall = (nanoseconds: number): number => Math.max(0, nanoseconds / NANOSECONDS_IN_MS - RESOLUTION_MS);
  const cpu = (microseconds: number): number => microseconds / MICROSECONDS_IN_MS;
  const tookMs = performance.now() - since;
  const answer: Stalls = {
    seconds: tookMs / 1000,
    stall_ms: { p50: stall(delay.percentile(50)), p99: stall(delay.percentile(99)), max: stall(delay.max) },
    stall_cpu_ms: { p50: cpu(turns.percentile(50)), p99: cpu(turns.percentile(99)), max: cpu(turns.max) },
    gc_share: gcMs / tookMs,
    gc_longest_ms: gcLongestMs,
  };
  process.send?.(answer);
  delay.reset();
  turns.reset();
  since = performance.now();
  gcMs = 0;
  gcLongestMs = 0;
});

function threadMicroseconds(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}
