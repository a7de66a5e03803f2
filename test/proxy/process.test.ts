import { spawn } from 'node:child_process';
import { copyFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { closeServer, listen } from '../../core/process/ops-server.ts';
import { proxyConfigSchema } from '../../proxy/config.ts';
import { readProxyConfig } from '../../proxy/read-proxy-config.ts';
import { startChild } from '../support/child-process.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';

const REPOSITORY = new URL('../../', import.meta.url).pathname;

describe('the configuration file', () => {
  let directory: { path: string; remove(): Promise<void> };
  let file: string;
  beforeEach(async () => {
    directory = await makeTemporaryDirectory('cf');
    file = join(directory.path, 'proxy.yaml');
  });
  afterEach(() => directory.remove());

  const example = join(REPOSITORY, 'proxy/example.yaml');
  const base = { HALLPASS_PROXY_CONFIG: example, HALLPASS_FEED_TOKEN: 'secret-feed-token' };
  const problemsOf = (env: Record<string, string>): readonly string[] => {
    try {
      readProxyConfig(env);
    } catch (error) {
      return (error as { problems: readonly string[] }).problems;
    }
    throw new Error('expected problems');
  };

  it('has an example that shows every default', () => {
    const { config } = readProxyConfig(base);
    const bare = proxyConfigSchema.parse({
      public_url: config.public_url,
      console_url: config.console_url,
      control_plane: config.control_plane,
      identity: { jwt: { ...config.identity.jwt, algorithms: undefined, clock_tolerance_seconds: undefined } },
      policy: { bundle: config.policy.bundle },
      routes: config.routes,
    });
    expect(config).toEqual(bare);
  });

  it('gives way to the environment', () => {
    const { config, secrets } = readProxyConfig({
      ...base,
      HALLPASS_PROXY_PORT: '1',
      HALLPASS_PROXY_WORKERS: '5',
      HALLPASS_DECISION_PORT: '2',
      HALLPASS_PROXY_OPS_PORT: '3',
      HALLPASS_FACTS_MAX_AGE_MS: '4',
      HALLPASS_LOG_LEVEL: 'warn',
      HALLPASS_DECISION_TOKEN: 'd',
      HALLPASS_POLICY_TOKEN: 'p',
      HALLPASS_DECISION_LOG_TOKEN: 'l',
    });
    expect([config.proxy.port, config.decision_api.port, config.ops.port, config.proxy.workers]).toEqual([1, 2, 3, 5]);
    expect([config.facts.max_age_ms, config.log_level]).toEqual([4, 'warn']);
    expect(secrets).toMatchObject({ feedToken: 'secret-feed-token', decisionToken: 'd', otlpHeaders: {} });
    expect(secrets).toMatchObject({ policyToken: 'p', decisionLogToken: 'l', statusToken: null });
    expect(readProxyConfig({ ...base, HALLPASS_PROXY_PORT: '' }).config.proxy.port).toBe(8080);
  });

  it('is refused with every problem at once, by name, and no value', async () => {
    await writeFile(
      file,
      stringify({
        public_url: 'http://secret-user:secret-password@x',
        console_url: 'ftp://x',
        identity: { jwt: { jwks_url: 'http://x', issuer: '', audience: 'a', algorithms: ['HS256'] } },
        policy: {},
        routes: [],
        surprise: 1,
      }),
    );
    const problems = problemsOf({ HALLPASS_PROXY_CONFIG: file, HALLPASS_PROXY_PORT: 'eighty' });
    const text = problems.join('\n');
    for (const name of [
      'HALLPASS_FEED_TOKEN',
      'HALLPASS_PROXY_PORT',
      'public_url',
      'console_url',
      'control_plane',
      'identity.jwt.issuer',
      'identity.jwt.algorithms.0',
      'policy.bundle',
      'routes',
      'surprise',
    ]) {
      expect(text).toContain(name);
    }
    expect(text).not.toContain('secret-');
  });

  it.each([
    ['broken YAML', 'a: [', /is not YAML/],
    ['a list', '- a', /must hold a mapping/],
    ['nothing', '', /must hold a mapping/],
  ])('is refused when it holds %s', async (_name, text, message) => {
    await writeFile(file, text);
    expect(problemsOf({ ...base, HALLPASS_PROXY_CONFIG: file }).join('\n')).toMatch(message);
  });

  it('is refused when there is none', () => {
    expect(problemsOf({}).join('\n')).toMatch(/HALLPASS_PROXY_CONFIG[\s\S]*HALLPASS_FEED_TOKEN/);
    expect(problemsOf({ ...base, HALLPASS_PROXY_CONFIG: file })[0]).toMatch(/can't be read \(ENOENT\)/);
  });
});

describe('the process', () => {
  let directory: { path: string; remove(): Promise<void> };
  let blocker: Server | null = null;
  beforeEach(async () => {
    directory = await makeTemporaryDirectory('pr');
  });
  afterEach(async () => {
    if (blocker !== null) await closeServer(blocker);
    blocker = null;
    await directory.remove();
  });

  const settings = async (): Promise<Record<string, string>> => {
    const file = join(directory.path, 'proxy.yaml');
    const bundle = join(directory.path, 'policy.tar.gz');
    await copyFile(join(REPOSITORY, 'policies/bundle/policy.tar.gz'), bundle);
    await writeFile(
      file,
      stringify({
        public_url: 'http://127.0.0.1:1',
        console_url: 'http://127.0.0.1:1',
        control_plane: { url: 'http://127.0.0.1:1' },
        identity: { jwt: { jwks_url: 'http://127.0.0.1:1', issuer: 'i', audience: 'a' } },
        policy: { bundle },
        routes: [{ path: '/', resource: 'connection:x', upstream: 'http://127.0.0.1:1' }],
      }),
    );
    return {
      HALLPASS_PROXY_CONFIG: file,
      HALLPASS_FEED_TOKEN: 'secret-feed-token',
      HALLPASS_PROXY_PORT: '0',
      HALLPASS_DECISION_PORT: '0',
      HALLPASS_PROXY_OPS_PORT: '0',
    };
  };
  const start = async (more: Record<string, string> = {}) =>
    startChild('proxy/main.ts', [], { ...(await settings()), ...more });

  it('ends also when whoever read its log is gone', async () => {
    const child = spawn(process.execPath, [join(REPOSITORY, 'proxy/main.ts')], {
      env: { ...process.env, ...(await settings()) },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.stdout.destroy();
    child.kill('SIGTERM');
    const giveUp = setTimeout(() => child.kill('SIGKILL'), 25_000);
    expect(await ended).toBe(0);
    clearTimeout(giveUp);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('listens, keeps its secret, and ends in peace on %s', async (signal) => {
    const child = await start();
    const started = () =>
      child
        .output()
        .split('\n')
        .find((text) => text.includes('the sidecar listens'));
    const line = await waitUntil('the start', started);
    const { ops, proxy } = JSON.parse(line) as { ops: number; proxy: number };
    expect((await fetch(`http://127.0.0.1:${ops}/livez`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${ops}/readyz`)).status).toBe(503);
    expect((await fetch(`http://127.0.0.1:${proxy}/livez`)).status).toBe(401);
    child.kill(signal);
    expect(await child.ended).toBe(0);
    expect(child.output()).not.toContain('secret-feed-token');
  });

  it('stops when the process that started it is gone', async () => {
    const child = spawn(process.execPath, ['proxy/main.ts'], {
      cwd: REPOSITORY,
      env: { ...process.env, NODE_OPTIONS: '', ...(await settings()) },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await new Promise<void>((resolve) => {
      child.stdout!.on('data', (chunk: Buffer) => {
        if (chunk.includes('the sidecar listens')) resolve();
      });
    });
    child.disconnect();
    expect(await ended).toBe(0);
  });

  it('exits 78 with every problem when the configuration is wrong', async () => {
    const child = await start({
      HALLPASS_FACTS_MAX_AGE_MS: 'soon',
      HALLPASS_FEED_TOKEN: '',
      HALLPASS_LOG_LEVEL: 'loud',
    });
    expect(await child.ended).toBe(78);
    for (const name of ['HALLPASS_FACTS_MAX_AGE_MS', 'HALLPASS_FEED_TOKEN', 'log_level']) {
      expect(child.output()).toContain(name);
    }
  });

  it('exits 1 when a port is taken, with nothing left running', async () => {
    blocker = createServer();
    const port = await listen(blocker, 0, '127.0.0.1');
    const child = await start({ HALLPASS_PROXY_PORT: String(port) });
    expect(await child.ended).toBe(1);
    expect(child.output()).toContain('EADDRINUSE');
  });
});
