import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { createLogger } from '../../core/process/logger.ts';
import { startEmbeddedPostgres } from '../../quickstart/embedded-postgres.ts';
import { processesWith, startChild, type TestChild } from '../support/child-process.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { waitUntil } from '../support/wait-until.ts';

const HOLDER = 'test/support/hold-embedded-postgres.ts';
const logger = createLogger('test', 'silent');

let directory: Awaited<ReturnType<typeof makeTemporaryDirectory>>;
let children: TestChild[];

function hold(dataDir: string): TestChild {
  const child = startChild(HOLDER, [dataDir]);
  children.push(child);
  return child;
}

async function connectionStringOf(child: TestChild): Promise<string> {
  return (await child.line('ready ')).slice('ready '.length);
}

async function query(connectionString: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(text)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

/** Whether other users may pass through every directory on the way, so that they can reach the binaries in there. */
async function isOpenToOthers(path: string): Promise<boolean> {
  const open = ((await stat(path)).mode & 0o001) !== 0;
  return open && (path === '/' || isOpenToOthers(dirname(path)));
}

beforeEach(async () => {
  directory = await makeTemporaryDirectory('pg');
  children = [];
});

afterEach(async () => {
  for (const child of children) {
    child.kill('SIGKILL');
    await child.ended;
  }
  await waitUntil('the databases to end', () => processesWith(directory.path).length === 0);
  await directory.remove();
});

describe('the embedded database', () => {
  it('ends when its owner is killed, and the next owner finds what was written', async () => {
    const first = hold(directory.path);
    const connectionString = await connectionStringOf(first);
    await query(connectionString, 'create table kept (word text)');
    await query(connectionString, "insert into kept values ('still here')");
    expect(processesWith(directory.path).length).toBeGreaterThan(1);

    first.kill('SIGKILL');
    await first.ended;
    await waitUntil('no process of the database to be left', () => processesWith(directory.path).length === 0);

    const second = hold(directory.path);
    expect(await query(await connectionStringOf(second), 'select word from kept')).toEqual([{ word: 'still here' }]);
  });

  it('is taken over at once from an owner killed a moment ago', async () => {
    const first = hold(directory.path);
    await query(await connectionStringOf(first), 'create table kept (word text)');
    first.kill('SIGKILL');
    await first.ended;
    const second = hold(directory.path);
    expect(await query(await connectionStringOf(second), 'select count(*)::int as rows from kept')).toEqual([
      { rows: 0 },
    ]);
  });

  it('refuses a second owner while the first is alive, and goes on for the first', async () => {
    const first = hold(directory.path);
    const connectionString = await connectionStringOf(first);
    const second = hold(directory.path);
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`Process ${first.pid} is already running on`);
    expect(second.output()).toContain('HALLPASS_DATA_DIR');
    expect(await query(connectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('does an interrupted first start again', async () => {
    const first = hold(directory.path);
    const cluster = join(directory.path, 'postgres', 'cluster');
    await waitUntil(
      'initdb to have begun',
      async () => (await readdir(cluster)).some((name) => name.startsWith('making-')),
      {
        everyMs: 1,
      },
    );
    first.kill('SIGKILL');
    await first.ended;
    expect(existsSync(join(cluster, 'data-18'))).toBe(false);

    const second = hold(directory.path);
    expect(await query(await connectionStringOf(second), 'select 1 as one')).toEqual([{ one: 1 }]);
    expect((await readdir(cluster)).filter((name) => name.startsWith('making-'))).toEqual([]);
  });

  it('takes a data directory without the marker for an unfinished one', async () => {
    const data = join(directory.path, 'postgres', 'cluster', 'data-18');
    await mkdir(data, { recursive: true });
    await writeFile(join(data, 'PG_VERSION'), '18\n');
    const child = hold(directory.path);
    expect(await query(await connectionStringOf(child), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('comes back by itself after the server was killed', async () => {
    const child = hold(directory.path);
    const connectionString = await connectionStringOf(child);
    await query(connectionString, 'create table kept (word text)');
    const [{ pid }] = (await query(
      connectionString,
      "select split_part(pg_read_file('postmaster.pid'), e'\\n', 1)::int as pid",
    )) as [{ pid: number }];
    process.kill(pid, 'SIGKILL');
    await waitUntil('another server', async () => {
      const [row] = await query(
        connectionString,
        "select split_part(pg_read_file('postmaster.pid'), e'\\n', 1)::int as pid",
      );
      return row!.pid !== pid;
    });
    expect(await query(connectionString, 'select count(*)::int as rows from kept')).toEqual([{ rows: 0 }]);
  });

  it('puts the socket into a short directory of its own when the path is too long for one', async () => {
    const deep = join(directory.path, 'x'.repeat(90));
    await mkdir(deep);
    const database = await startEmbeddedPostgres({ dataDir: deep, logger });
    try {
      expect(database.connection.host.startsWith(deep)).toBe(false);
      expect((await stat(database.connection.host)).mode & 0o777).toBe(0o700);
      expect(await query(database.connectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
    } finally {
      await database.stop();
      await rm(database.connection.host, { recursive: true });
    }
  });

  // Root meets this in a checkout below /root: the user `nobody` can't reach the data, so a user namespace has to do.
  it('runs where only we can reach the data, and keeps it when that changes', async () => {
    const root = process.getuid?.() === 0;
    const closed = join(directory.path, 'closed');
    const ownerOfData = async () => (await stat(join(closed, 'postgres', 'cluster', 'data-18'))).uid;
    await mkdir(closed, { mode: 0o700 });
    const first = await startEmbeddedPostgres({ dataDir: closed, logger });
    await query(first.connectionString, 'create table kept (word text)');
    expect(await ownerOfData()).toBe(process.getuid?.());
    await first.stop();

    await chmod(closed, 0o755);
    const second = await startEmbeddedPostgres({ dataDir: closed, logger });
    try {
      expect(await query(second.connectionString, 'select count(*)::int as rows from kept')).toEqual([{ rows: 0 }]);
      const asNobody = root && (await isOpenToOthers(process.cwd()));
      expect(await ownerOfData()).toBe(asNobody ? 65_534 : process.getuid?.());
    } finally {
      await second.stop();
    }
  });

  it('listens on no network', async () => {
    const database = await startEmbeddedPostgres({ dataDir: directory.path, logger });
    try {
      expect(await query(database.connectionString, 'show listen_addresses')).toEqual([{ listen_addresses: '' }]);
      expect((await stat(database.connection.host)).mode & 0o777).toBe(0o700);
    } finally {
      await database.stop();
    }
  });
});
