import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { lchown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { startSupervised } from '../../quickstart/postgres-process.ts';
import { choosePostgresUser } from '../../quickstart/postgres-user.ts';
import { findFreePort } from './free-port.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';
import { waitUntil } from './wait-until.ts';

const DEBIAN_POSTGRES = '/usr/lib/postgresql';
const ENV = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' };

/** The `bin` directory of the newest PostgreSQL that the system has, or null. */
export function findSystemPostgres(): string | null {
  try {
    const versions = readdirSync(DEBIAN_POSTGRES).filter((name) => /^\d+$/.test(name));
    const newest = versions.map(Number).toSorted((a, b) => b - a)[0];
    return newest === undefined ? null : join(DEBIAN_POSTGRES, String(newest), 'bin');
  } catch {
    return null;
  }
}

/** A PostgreSQL server as an operator would have one: the system's own, over TCP, with a password. */
export async function startPostgresServer(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const bin = findSystemPostgres();
  if (bin === null) throw new Error('There is no PostgreSQL server to test with: install the package "postgresql".');
  const directory = await makeTemporaryDirectory('pgs');
  const own = join(directory.path, 'cluster');
  await mkdir(own, { mode: 0o700 });
  const user = await choosePostgresUser(join(bin, 'postgres'), own);
  const data = join(own, 'data');
  const password = crypto.randomUUID();
  const passwordFile = join(own, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user.owner !== null) await lchown(passwordFile, user.owner.uid, user.owner.gid);
  const [file, ...args] = [
    ...user.prefix,
    join(bin, 'initdb'),
    `--pgdata=${data}`,
    '--username=postgres',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  ];
  execFileSync(file!, args, { ...user.spawnOptions, env: ENV, cwd: '/', stdio: 'pipe' });

  const port = await findFreePort();
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200', 'fsync=off'];
  const server = startSupervised(
    [
      ...user.prefix,
      join(bin, 'postgres'),
      '-D',
      data,
      '-p',
      String(port),
      ...settings.flatMap((setting) => ['-c', setting]),
    ],
    { ...user.spawnOptions, env: ENV, cwd: data, onLine: () => {} },
  );
  const url = `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
  const stop = async () => {
    await server.stop(10_000);
    await directory.remove();
  };
  try {
    await waitUntil('the PostgreSQL server', () => canConnect(url));
  } catch (error) {
    await stop();
    throw new Error(`The PostgreSQL server did not start:\n${server.lastWords()}`, { cause: error });
  }
  return { url, stop };
}

async function canConnect(connectionString: string): Promise<boolean> {
  const client = new Client({ connectionString });
  await client.connect();
  await client.end();
  return true;
}
