import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { CliIo } from './cli-io.ts';
import { CliError, EXIT } from './exit-code.ts';

const fileSchema = z.record(z.string(), z.object({ token: z.string() }));
const TOKEN_COMMAND_TIMEOUT_MS = 60_000;

/**
 * Where the admin API is. A bearer token sent over plain HTTP is a token given away, so that is for this machine only.
 * @throws CliError
 */
export function readServerUrl(env: CliIo['env']): string {
  const text = env['HALLPASS_URL'] || 'http://127.0.0.1:4000';
  const url = URL.canParse(text) ? new URL(text) : null;
  const isHere = url !== null && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url === null || !(url.protocol === 'https:' || (url.protocol === 'http:' && isHere))) {
    throw new CliError('HALLPASS_URL must be an https:// URL (http:// only for this machine).', EXIT.usage);
  }
  return text.replace(/\/+$/, '');
}

/**
 * The bearer token: of `HALLPASS_TOKEN`, else what `HALLPASS_TOKEN_COMMAND` prints, else what `hallpass login` kept.
 * @throws CliError that names the ways there are
 */
export async function readToken(env: CliIo['env'], serverUrl: string): Promise<string> {
  if (env['HALLPASS_TOKEN']) return env['HALLPASS_TOKEN'];
  if (env['HALLPASS_TOKEN_COMMAND']) return runTokenCommand(env['HALLPASS_TOKEN_COMMAND']);
  const kept = (await readFileOfTokens(credentialsPath(env)))[serverUrl];
  if (kept !== undefined) return kept.token;
  throw new CliError(
    `You are not signed in at ${serverUrl}. Run: hallpass login, or set HALLPASS_TOKEN or HALLPASS_TOKEN_COMMAND.`,
  );
}

/** Keeps a token for one server, readable by its owner only. The file is replaced in one step. */
export async function keepToken(env: CliIo['env'], serverUrl: string, token: string): Promise<string> {
  const path = credentialsPath(env);
  const all = { ...(await readFileOfTokens(path)), [serverUrl]: { token } };
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(all, null, 2)}\n`, { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, path);
  return path;
}

function credentialsPath(env: CliIo['env']): string {
  return join(env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config'), 'hallpass', 'credentials.json');
}

async function readFileOfTokens(path: string): Promise<z.output<typeof fileSchema>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new CliError(`${path} can't be read: ${(error as NodeJS.ErrnoException).code}`);
  }
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch {
    throw new CliError(`${path} is not what hallpass login writes. Remove it and log in again.`);
  }
}

async function runTokenCommand(command: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command], { timeout: TOKEN_COMMAND_TIMEOUT_MS });
    if (stdout.trim() !== '') return stdout.trim();
  } catch {
    // Its output may hold a secret, so nothing of it is repeated.
  }
  throw new CliError('HALLPASS_TOKEN_COMMAND failed or printed nothing.');
}
