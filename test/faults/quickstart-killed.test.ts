import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { closeServer, listen } from '../../core/process/ops-server.ts';
import { PORT_NAMES } from '../../quickstart/quickstart-settings.ts';
import { startChild, processesWith, type TestChild } from '../support/child-process.ts';
import { httpClient, type HttpClient } from '../support/http-client.ts';
import { commandOf, isAlive, parentOf } from '../support/stack-children.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { waitUntil } from '../support/wait-until.ts';

const ANY_PORT = Object.fromEntries(PORT_NAMES.map((name) => [name, '0']));

let directory: Awaited<ReturnType<typeof makeTemporaryDirectory>>;
let started: TestChild[];

beforeEach(async () => {
  directory = await makeTemporaryDirectory('qs');
  started = [];
});
afterEach(async () => {
  for (const child of started) {
    child.kill('SIGTERM');
    await child.ended;
  }
  await waitUntil('every process to end', () => processesWith(directory.path).length === 0);
  await directory.remove();
}, 60_000);

function start(env: Record<string, string> = {}): TestChild {
  const child = startChild('quickstart/main.ts', [], {
    ...ANY_PORT,
    HALLPASS_DATA_DIR: directory.path,
    DATABASE_URL: '',
    REDIS_URL: '',
    ...env,
  });
  started.push(child);
  return child;
}

async function memberApi(child: TestChild): Promise<HttpClient> {
  await child.line('hallpass ready', 120_000);
  const { addresses } = JSON.parse(await readFile(join(directory.path, 'quickstart.json'), 'utf8'));
  const answer = await httpClient(addresses.admin, null).post('/quickstart/tokens', { email: 'member@example.com' });
  return httpClient(addresses.admin, answer.body.token as string);
}

function noneOf(names: readonly string[]): true {
  if (names.length > 0) throw new Error(`still there: ${names.join('; ')}`);
  return true;
}

/** The tree below a process, so that a child that lost its parent is still found. */
function familyOf(pid: number): number[] {
  const parents = new Map(
    processesWith('')
      .map((candidate) => [candidate, parentOf(candidate)] as const)
      .filter(([, parent]) => parent !== null),
  );
  const family = [pid];
  for (const member of family) for (const [child, parent] of parents) if (parent === member) family.push(child);
  return family;
}

describe('the quickstart', () => {
  it('leaves nothing behind when it is killed, and finds everything again', async () => {
    const first = start();
    const api = await memberApi(first);
    const asked = await api.post('/v1/access-requests', {
      resource: { type: 'connection', id: 'aws-production' },
      reason: 'To be kept.',
      duration_seconds: 60,
    });
    expect(asked.status).toBe(201);
    const family = familyOf(first.pid);
    // Itself, three roots, and the database with its shell and its own processes.
    expect(family.length).toBeGreaterThan(6);

    first.kill('SIGKILL');
    await first.ended;
    const survivors = () => family.filter(isAlive).map((pid) => `${pid} ${commandOf(pid)}`);
    await waitUntil('its whole family to be gone', () => noneOf(survivors()), { timeoutMs: 20_000 });

    const again = await memberApi(start());
    const kept = await again.get(`/v1/access-requests/${asked.body.id}`);
    expect([kept.status, kept.body.reason]).toEqual([200, 'To be kept.']);
    const me = await again.get('/v1/me');
    expect(me.body.grants).toHaveLength(1);
  }, 180_000);

  it('stops in order on SIGINT', async () => {
    const child = start();
    await child.line('hallpass ready', 120_000);
    const family = familyOf(child.pid);
    child.kill('SIGINT');
    expect(await child.ended).toBe(0);
    expect(family.filter(isAlive)).toEqual([]);
    expect(child.output()).not.toMatch(/did not stop|started again/);
  }, 120_000);

  it('refuses to run twice on the same data', async () => {
    const first = start();
    await first.line('hallpass ready', 120_000);
    const second = start();
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`Process ${first.pid} is already running on ${directory.path}`);
  }, 120_000);

  it('names the variable of a port that is in use, and leaves nothing running', async () => {
    const server = createServer();
    const port = await listen(server, 0, '127.0.0.1');
    try {
      const child = start({ HALLPASS_ADMIN_PORT: String(port) });
      expect(await child.ended).toBe(1);
      expect(child.output()).toContain(`Port ${port} is in use.`);
      expect(child.output()).toContain('HALLPASS_ADMIN_PORT');
    } finally {
      await closeServer(server);
    }
  }, 60_000);

  it('says all that is wrong with its settings', async () => {
    const child = start({ HALLPASS_PROXY_PORT: 'eighty', REDIS_URL: 'localhost:6379' });
    expect(await child.ended).toBe(78);
    expect(child.output()).toContain('HALLPASS_PROXY_PORT');
    expect(child.output()).toContain('REDIS_URL');
  }, 60_000);
});
