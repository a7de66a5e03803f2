import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ProxyConfigInput } from '../../proxy/config.ts';
import { findFreePort } from '../support/free-port.ts';
import { waitUntil } from '../support/wait-until.ts';
import type { BenchControlPlane } from './bench-control-plane.ts';
import type { Stalls } from './stall-probe.ts';

const BUNDLE = new URL('../../policies/bundle/policy.tar.gz', import.meta.url).pathname;
const PROBE = new URL('stall-probe.ts', import.meta.url).pathname;
/** As in `docs/operations.md`. */
const NODE_FLAGS = ['--max-semi-space-size=8'];
const READY_TIMEOUT_MS = 120_000;

export interface BenchSidecar {
  readonly url: string;
  readonly opsUrl: string;
  readonly pid: number;
  /** What its probe has seen since the last time it was asked. @throws where it was started without one */
  stalls(): Promise<Stalls>;
  stop(): Promise<void>;
}

export type FeedAndIssuer = Pick<BenchControlPlane, 'feed_url' | 'feed_token' | 'jwks_url' | 'issuer' | 'audience'>;

export interface BenchSidecarOptions {
  /** With the probe for stalls in it, which costs a little. */
  readonly hasProbe?: boolean;
  /** Over the defaults. */
  readonly limits?: ProxyConfigInput['limits'];
}

/** The sidecar as it runs in production, one route, decisions logged (to nowhere: what reads a log is not measured). */
export async function startBenchSidecar(
  plane: FeedAndIssuer,
  upstream: string,
  directory: string,
  { hasProbe = false, limits = {} }: BenchSidecarOptions = {},
): Promise<BenchSidecar> {
  const [proxyPort, decisionPort, opsPort] = [await findFreePort(), await findFreePort(), await findFreePort()];
  const config: ProxyConfigInput = {
    public_url: `http://127.0.0.1:${proxyPort}`,
    console_url: 'http://127.0.0.1:4000',
    proxy: { port: proxyPort },
    decision_api: { port: decisionPort },
    ops: { port: opsPort },
    control_plane: { url: plane.feed_url },
    identity: { jwt: { jwks_url: plane.jwks_url, issuer: plane.issuer, audience: plane.audience } },
    policy: { bundle: BUNDLE },
    routes: [{ path: '/connections/c0', resource: 'connection:c0', upstream }],
    limits,
  };
  const file = join(directory, `proxy-${proxyPort}.yaml`);
  await writeFile(file, stringify(config));
  const profile = process.env.HALLPASS_BENCH_PROFILE;
  const before = [
    ...NODE_FLAGS,
    ...(hasProbe ? ['--import', PROBE] : []),
    ...(profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profile]),
  ];
  const child = spawn(process.execPath, [...before, 'proxy/main.ts'], {
    env: { PATH: process.env.PATH, HALLPASS_PROXY_CONFIG: file, HALLPASS_FEED_TOKEN: plane.feed_token },
    stdio: ['ignore', 'ignore', 'inherit', ...(hasProbe ? (['ipc'] as const) : [])],
  });
  const opsUrl = `http://127.0.0.1:${opsPort}`;
  const stop = (): Promise<void> => stopChild(child);
  try {
    const isReady = async (): Promise<boolean> => (await fetch(`${opsUrl}/readyz`)).ok;
    await waitUntil('the sidecar', isReady, { timeoutMs: READY_TIMEOUT_MS });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://127.0.0.1:${proxyPort}`, opsUrl, pid: child.pid!, stalls: () => askProbe(child), stop };
}

async function askProbe(child: ChildProcess): Promise<Stalls> {
  const answered = once(child, 'message');
  child.send('stalls');
  const [stalls] = (await answered) as [Stalls];
  return stalls;
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
