import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findFreePort } from '../support/free-port.ts';
import { buildWithOpa, signingPair } from '../support/opa-bundle.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { replaceFile } from './support/change-bundle.ts';
import { grant, TEST_FACTS } from './support/facts.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

const FACTS = [...TEST_FACTS, grant('grt_1', 'member', 'connection:aws-production')];
const LOCKED = { 'authz/denied.rego': 'package hallpass.authz\n\ndenied contains "all"\n' };
const NOW = Math.floor(Date.now() / 1000);

let directory: { readonly path: string; remove(): Promise<void> };
let nginx: ChildProcess;
let port: number;
let sidecar: TestSidecar | null = null;

beforeEach(async () => {
  directory = await makeTemporaryDirectory('nginx');
  port = await findFreePort();
  const { path } = directory;
  await mkdir(join(path, 'bundles'));
  await chmod(join(path, 'bundles'), 0o755);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${path}/${name};`,
  );
  // What docs/policy-operations.md shows, with a log format that tells the answers.
  const configuration = `
daemon off; worker_processes 1; pid ${path}/nginx.pid; error_log ${path}/error.log;
events {}
http {
  ${temporary.join(' ')}
  log_format asked escape=none '$status $http_if_none_match'; access_log ${path}/access.log asked;
  server { listen 127.0.0.1:${port}; location /bundles/ { root ${path}; types { } default_type application/gzip; } }
}`;
  await writeFile(join(path, 'nginx.conf'), configuration);
  nginx = spawn('nginx', ['-c', join(path, 'nginx.conf'), '-p', path], {
    stdio: 'ignore',
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` },
  });
});
afterEach(async () => {
  await sidecar?.stop();
  sidecar = null;
  const ended = new Promise((resolve) => nginx.once('exit', resolve));
  nginx.kill('SIGQUIT');
  await ended;
  await directory.remove();
});

describe('a policy from a real nginx that serves a directory', () => {
  it('is fetched once, asked after by its ETag, and swapped when the file is replaced', async () => {
    const pair = signingPair('RS256');
    const signed = (revision: string, iat: number, files = {}) =>
      buildWithOpa({ revision, files, sign: { pair, claims: { iat, keyid: 'release' } } });
    const file = join(directory.path, 'bundles', 'hallpass.tar.gz');
    await writeFile(file, await signed('first', NOW - 60));
    sidecar = await startSidecar({
      facts: FACTS,
      policy: {
        bundle: `http://127.0.0.1:${port}/bundles/hallpass.tar.gz`,
        min_delay_ms: 10,
        max_delay_ms: 20,
        signing: { keys: { release: { algorithm: 'RS256', key: pair.publicKey } } },
      },
    });
    const status = async () => (await sidecar!.visit('member', '/connections/aws-production/echo')).status;
    expect(await status()).toBe(200);
    const log = async () => (await readFile(join(directory.path, 'access.log'), 'utf8')).split('\n');
    await waitUntil('some 304', async () => (await log()).filter((line) => line.startsWith('304 "')).length > 2);
    expect((await log()).filter((line) => line.startsWith('200'))).toHaveLength(1);
    await replaceFile(file, await signed('second', NOW - 30, LOCKED));
    await waitUntil('the other policy', async () => (await status()) === 403);
    expect((await log()).filter((line) => line.startsWith('200'))).toHaveLength(2);
    await replaceFile(file, await signed('first', NOW - 60));
    await waitUntil('the refusal', async () =>
      (await (await fetch(`${sidecar!.opsUrl}/readyz`)).text()).includes('was accepted already'),
    );
    expect(await status()).toBe(403);
  });
});
