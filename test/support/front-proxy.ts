import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startSupervised } from '../../quickstart/postgres-process.ts';
import { findFreePort } from './free-port.ts';
import { findProgram } from './find-program.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';
import { waitUntil } from './wait-until.ts';

export interface FrontProxy {
  readonly url: string;
  readonly port: number;
  /** What it wrote last. */
  lastWords(): string;
  stop(): Promise<void>;
}

export interface FrontProxyOptions {
  /** host:port at which it asks. */
  readonly hallpass: string;
  /** host:port of what it stands in front of. */
  readonly app: string;
  readonly token: string;
  /** To change its configuration before it starts. */
  readonly change?: (text: string) => string;
  /** To listen on; any free one, if not given. */
  readonly port?: number;
}

const DOCS = new URL('../../docs/external-auth/', import.meta.url);
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** A real nginx with the configuration of docs/external-auth/nginx.conf. */
export async function startNginx(options: FrontProxyOptions): Promise<FrontProxy> {
  const port = options.port ?? (await findFreePort());
  const directory = await makeTemporaryDirectory('nginx');
  const { path } = directory;
  await Promise.all(TEMPORARY.map((name) => mkdir(join(path, name))));
  const conf = await fill('nginx.conf', options, [
    ['127.0.0.1:8182', options.hallpass],
    ['127.0.0.1:5001', options.app],
    ['127.0.0.1:8088', `127.0.0.1:${port}`],
    ['change-me-to-the-token', options.token],
  ]);
  await writeFile(join(path, 'hallpass.conf'), conf);
  // The whole of nginx around it: nothing outside of the directory is written, by whomever the tests run as.
  const lines = [
    'daemon off; worker_processes 1; error_log stderr warn;',
    process.getuid?.() === 0 ? 'user root;' : '',
    `pid ${path}/nginx.pid; events {}`,
    'http { access_log off;',
    ...TEMPORARY.map((name) => `${name}_temp_path ${path}/${name};`),
    `include ${path}/hallpass.conf; }`,
  ];
  await writeFile(join(path, 'nginx.conf'), lines.join('\n'));
  return start('nginx', ['-p', path, '-e', 'stderr', '-c', join(path, 'nginx.conf')], {}, port, directory);
}

/** A real Caddy with docs/external-auth/Caddyfile. */
export async function startCaddy(options: FrontProxyOptions): Promise<FrontProxy> {
  const port = options.port ?? (await findFreePort());
  const directory = await makeTemporaryDirectory('caddy');
  const file = join(directory.path, 'Caddyfile');
  await writeFile(file, `{\n\tadmin off\n\tauto_https off\n}\n${await fill('Caddyfile', options, [])}`);
  const env = {
    CADDY_PORT: String(port),
    HALLPASS_ADDRESS: options.hallpass,
    APP_ADDRESS: options.app,
    HALLPASS_EXTERNAL_AUTH_TOKEN: options.token,
    XDG_DATA_HOME: directory.path,
    XDG_CONFIG_HOME: directory.path,
    HOME: directory.path,
  };
  return start('caddy', ['run', '--adapter', 'caddyfile', '--config', file], env, port, directory);
}

async function fill(
  file: string,
  { change = (text) => text }: FrontProxyOptions,
  values: readonly (readonly [placeholder: string, value: string])[],
): Promise<string> {
  let text = await readFile(new URL(file, DOCS), 'utf8');
  for (const [placeholder, value] of values) {
    if (!text.includes(placeholder)) throw new Error(`docs/external-auth/${file} has no ${placeholder} any more`);
    text = text.replaceAll(placeholder, value);
  }
  return change(text);
}

async function start(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  port: number,
  directory: { readonly path: string; remove(): Promise<void> },
): Promise<FrontProxy> {
  const program = findProgram(name);
  if (program === null) throw new Error(`There is no ${name} to test with: install its package.`);
  const child = startSupervised([program, ...args], {
    env: { PATH: '/usr/bin:/bin', ...env },
    cwd: directory.path,
    onLine: () => {},
  });
  const stop = async () => {
    await child.stop(5_000);
    await directory.remove();
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await waitUntil(
      `${name} to answer`,
      async () => (await fetch(url, { headers: { connection: 'close' } })).status > 0,
    );
  } catch (error) {
    const words = child.lastWords();
    await stop();
    throw new Error(`${name} did not start:\n${words}`, { cause: error });
  }
  return { url, port, lastWords: () => child.lastWords(), stop };
}
