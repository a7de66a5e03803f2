import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const LOAD = new URL('load.lua', import.meta.url).pathname;

export interface Load {
  readonly requests: number;
  readonly requests_per_second: number;
  readonly latency_ms: {
    readonly p50: number;
    readonly p90: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
  };
  /** Answers of status 400 and above. */
  readonly status_errors: number;
  readonly socket_errors: number;
}

/** @param tokenFile one bearer token a line, used in turn */
export async function runWrk(
  url: string,
  options: { readonly connections: number; readonly seconds: number; readonly tokenFile: string },
): Promise<Load> {
  const { origin, pathname } = new URL(url);
  const { connections, seconds, tokenFile } = options;
  const args = [
    '-t',
    '1',
    '-c',
    String(connections),
    '-d',
    `${seconds}s`,
    '-s',
    LOAD,
    origin,
    '--',
    pathname,
    tokenFile,
  ];
  const { stdout } = await promisify(execFile)('wrk', args);
  const line = stdout.split('\n').find((text) => text.startsWith('result '));
  if (line === undefined) throw new Error(`wrk said nothing of use:\n${stdout}`);
  const raw = JSON.parse(line.slice('result '.length)) as Record<string, number>;
  const ms = (name: string): number => raw[`${name}_us`]! / 1000;
  return {
    requests: raw['requests']!,
    requests_per_second: Math.round(raw['requests']! / (raw['duration_us']! / 1_000_000)),
    latency_ms: { p50: ms('p50'), p90: ms('p90'), p95: ms('p95'), p99: ms('p99'), max: ms('max') },
    status_errors: raw['status_errors']!,
    socket_errors: raw['socket_errors']!,
  };
}

/** A load generator in Node would be slower than what it measures. @throws Error that says how to get it */
export function requireWrk(): void {
  if (hasWrk()) return;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const options = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
    spawnSync('apt-get', ['-qq', 'update'], options);
    spawnSync('apt-get', ['-qq', 'install', '--yes', '--no-install-recommends', 'wrk'], options);
  }
  if (!hasWrk()) throw new Error('The benchmarks need wrk on the PATH (Debian and Homebrew: package "wrk").');
}

function hasWrk(): boolean {
  return spawnSync('wrk', ['-v'], { stdio: 'ignore' }).error === undefined;
}
