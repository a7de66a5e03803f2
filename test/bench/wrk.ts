import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { pinned } from './pin.ts';

const LOAD = new URL('load.lua', import.meta.url).pathname;

export interface Load {
  readonly requests: number;
  /** Read from sockets, headers included. */
  readonly bytes: number;
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

export interface LoadOptions {
  readonly connections: number;
  readonly seconds: number;
  /** One bearer token a line, used in turn. */
  readonly tokenFile: string;
  /** Length of the body that each request carries; left out: GET without one. */
  readonly uploadBytes?: number;
}

/** Longer than anything that is measured takes where it works at all: an answer after that is one that never came. */
const TIMEOUT = '10s';

/** As fast as it goes: each connection sends its next request when it has its answer. */
export async function runWrk(url: string, options: LoadOptions): Promise<Load> {
  const { origin, pathname } = new URL(url);
  const { connections, seconds, tokenFile, uploadBytes = 0 } = options;
  const args = ['-t', '1', '-c', String(connections), '-d', `${seconds}s`, '--timeout', TIMEOUT, '-s', LOAD, origin];
  args.push('--', pathname, tokenFile, String(uploadBytes));
  const { stdout } = await promisify(execFile)(...pinned('others', 'wrk', args));
  const line = stdout.split('\n').find((text) => text.startsWith('result '));
  if (line === undefined) throw new Error(`wrk said nothing of use:\n${stdout}`);
  const raw = JSON.parse(line.slice('result '.length)) as Record<string, number>;
  const ms = (name: string): number => raw[`${name}_us`]! / 1000;
  return {
    requests: raw['requests']!,
    bytes: raw['bytes']!,
    requests_per_second: Math.round(raw['requests']! / (raw['duration_us']! / 1_000_000)),
    latency_ms: { p50: ms('p50'), p90: ms('p90'), p95: ms('p95'), p99: ms('p99'), max: ms('max') },
    status_errors: raw['status_errors']!,
    socket_errors: raw['socket_errors']!,
  };
}
