import { spawn, type ChildProcess } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ProxyConfigInput } from '../../proxy/config.ts';
import { findFreePort } from '../support/free-port.ts';
import { waitUntil } from '../support/wait-until.ts';
import type { BenchControlPlane } from './bench-control-plane.ts';

const BUNDLE = new URL('../../policies/bundle/policy.tar.gz', import.meta.url).pathname;
const READY_TIMEOUT_MS = 60_000;

export interface BenchSidecar {
  readonly url: string;
  readonly opsUrl: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** The sidecar as it runs in production, one route, decisions logged (to nowhere: what reads a log is not measured). */
export async function startBenchSidecar(
  plane: BenchControlPlane,
  upstream: string,
  directory: string,
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
  };
  const file = join(directory, 'proxy.yaml');
  await writeFile(file, stringify(config));
  const child = spawn(
    process.execPath,
    [
      ...(process.env.HALLPASS_BENCH_PROFILE === undefined
        ? []
        : ['--cpu-prof', '--cpu-prof-dir', process.env.HALLPASS_BENCH_PROFILE]),
      'proxy/main.ts',
    ],
    {
      env: { PATH: process.env.PATH, HALLPASS_PROXY_CONFIG: file, HALLPASS_FEED_TOKEN: plane.feed_token },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const opsUrl = `http://127.0.0.1:${opsPort}`;
  const stop = (): Promise<void> => stopChild(child);
  try {
    const isReady = async (): Promise<boolean> => (await fetch(`${opsUrl}/readyz`)).ok;
    await waitUntil('the sidecar', isReady, { timeoutMs: READY_TIMEOUT_MS });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `http://127.0.0.1:${proxyPort}`, opsUrl, pid: child.pid!, stop };
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
