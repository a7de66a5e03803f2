import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startChild, type TestChild } from '../support/child-process.ts';
import { findFreePort } from '../support/free-port.ts';
import { isAlive } from '../support/stack-children.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { waitUntil } from '../support/wait-until.ts';

let directory: Awaited<ReturnType<typeof makeTemporaryDirectory>>;
let parent: TestChild | undefined;
let url: string;
let logFile: string;

beforeEach(async () => {
  directory = await makeTemporaryDirectory('root');
  url = `http://127.0.0.1:${await findFreePort()}/`;
  logFile = join(directory.path, 'root.log');
});
afterEach(async () => {
  parent?.kill('SIGKILL');
  await parent?.ended;
  await directory.remove();
});

async function supervise(address = url): Promise<TestChild> {
  parent = startChild('test/support/hold-child-root.ts', [address, logFile]);
  return parent;
}

async function pidOfRoot(): Promise<number> {
  return Number(await (await fetch(url)).text());
}

describe('a root under the quickstart', () => {
  it('stops in peace when its parent is killed', async () => {
    const supervisor = await supervise();
    await supervisor.line('ready');
    const pid = await pidOfRoot();
    supervisor.kill('SIGKILL');
    await supervisor.ended;
    await waitUntil('the root to end', () => !isAlive(pid));
  });

  it('ends with its parent also when its event loop is stuck', async () => {
    const supervisor = await supervise();
    await supervisor.line('ready');
    const pid = Number(await (await fetch(`${url}stuck`)).text());
    supervisor.kill('SIGKILL');
    await supervisor.ended;
    await waitUntil('the root to end', () => !isAlive(pid), { timeoutMs: 25_000 });
  });

  it('is started again after it died, and that is said', async () => {
    const supervisor = await supervise();
    await supervisor.line('ready');
    const first = await pidOfRoot();
    process.kill(first, 'SIGKILL');
    const second = await waitUntil('another root', async () => {
      const pid = await pidOfRoot();
      return pid === first ? null : pid;
    });
    expect(isAlive(second)).toBe(true);
    expect(supervisor.output()).toContain('plain root ended (SIGKILL) and is started again in 500 ms');
  });

  it('is stopped with its parent, and keeps what it said', async () => {
    const supervisor = await supervise();
    await supervisor.line('ready');
    supervisor.kill('SIGTERM');
    expect(await supervisor.ended).toBe(0);
    expect(await readFile(logFile, 'utf8')).toContain('stopping in peace');
  });

  it('whose configuration is wrong is not started again, and its words are shown', async () => {
    const supervisor = await supervise('http://127.0.0.1:1/');
    expect(await supervisor.ended).toBe(1);
    expect(supervisor.output()).toContain('failed: plain root found its configuration wrong');
    expect(supervisor.output()).toContain('PLAIN_ROOT_PORT: must not be 1');
  });
});
