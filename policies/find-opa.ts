import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { OPA_VERSION } from './opa-version.ts';

const run = promisify(execFile);

const RELEASE_URL = `https://github.com/open-policy-agent/opa/releases/download/v${OPA_VERSION}`;
const CONNECT_TIMEOUT_MS = 5_000;
const DOWNLOAD_TIMEOUT_MS = 300_000;
const GO_INSTALL_TIMEOUT_MS = 1_200_000;
const VERSION_TIMEOUT_MS = 20_000;

/** Names of the release files, by `os.platform()` and `os.arch()`. */
const ASSETS: Readonly<Record<string, string>> = {
  'linux-x64': 'opa_linux_amd64_static',
  'linux-arm64': 'opa_linux_arm64_static',
  'darwin-x64': 'opa_darwin_amd64',
  'darwin-arm64': 'opa_darwin_arm64_static',
  'win32-x64': 'opa_windows_amd64.exe',
};

const EXECUTABLE = platform() === 'win32' ? 'opa.exe' : 'opa';
const CACHE_DIR = path.join(import.meta.dirname, '..', '.cache', 'opa', OPA_VERSION);

type Environment = Readonly<Record<string, string | undefined>>;

/** Hears what takes long, one line at a time. */
export type Tell = (line: string) => void;

/**
 * Finds the pinned `opa`: where HALLPASS_OPA says, on the PATH, in the cache; else fetches the official release, else
 * builds it with Go. Found ones of another version are passed over, except one that was named: that is an error.
 * @returns path of the executable
 * @throws Error with one line that says how to get it
 */
export async function findOpa(env: Environment, tell: Tell): Promise<string> {
  const named = env['HALLPASS_OPA'];
  if (named !== undefined && named !== '') {
    const version = await versionOf(named);
    if (version === OPA_VERSION) return named;
    throw new Error(`HALLPASS_OPA is ${named}, which is ${version ?? 'not opa'}; it has to be opa ${OPA_VERSION}.`);
  }
  if ((await versionOf(EXECUTABLE)) === OPA_VERSION) return EXECUTABLE;
  const cached = path.join(CACHE_DIR, EXECUTABLE);
  if ((await versionOf(cached)) === OPA_VERSION) return cached;

  const failures: string[] = [];
  for (const obtain of [download, installWithGo]) {
    try {
      await obtain(cached, tell, env);
      if ((await versionOf(cached)) === OPA_VERSION) return cached;
      failures.push(`${obtain.name}: what came is not opa ${OPA_VERSION}`);
    } catch (error) {
      failures.push(`${obtain.name}: ${firstLine(error)}`);
    }
  }
  throw new Error(
    `opa ${OPA_VERSION} is needed and was not found (${failures.join('; ')}). Get it from ${RELEASE_URL}/ and set HALLPASS_OPA to its path.`,
  );
}

/** The version an executable says it is; null when there is none or it is no `opa`. */
async function versionOf(executable: string): Promise<string | null> {
  try {
    const { stdout } = await run(executable, ['version'], { timeout: VERSION_TIMEOUT_MS });
    return /^Version: (\S+)$/m.exec(stdout)?.[1] ?? null;
  } catch {
    return null;
  }
}

/**
 * The checksum comes from the same server as the file. It finds a broken or cut download and a mirror that mixes
 * versions up; it does not protect against somebody who can replace files of the release. Whoever must exclude that
 * brings an `opa` of their own by HALLPASS_OPA. (The compiled bundle is committed and `--check` compares it byte for
 * byte, so a doctored compiler can't change what a clone runs without showing in a diff.)
 */
async function download(target: string, tell: Tell): Promise<void> {
  const asset = ASSETS[`${platform()}-${arch()}`];
  if (asset === undefined) throw new Error(`there is no official release for ${platform()}-${arch()}`);
  const url = `${RELEASE_URL}/${asset}`;
  const listed = new TextDecoder().decode(await fetchBytes(`${url}.sha256`, CONNECT_TIMEOUT_MS));
  const expected = /^[0-9a-f]{64}\b/.exec(listed.trim())?.[0];
  if (expected === undefined) throw new Error(`${url}.sha256 holds no checksum`);
  tell(`Fetching opa ${OPA_VERSION} from ${url}`);
  const bytes = await fetchBytes(url, DOWNLOAD_TIMEOUT_MS);
  const actual = createHash('sha256').update(bytes).digest('hex');
  if (actual !== expected) throw new Error(`${url} has the checksum ${actual}, not ${expected}`);
  await intoCache(target, async (directory) => {
    await writeFile(path.join(directory, EXECUTABLE), bytes, { mode: 0o755 });
  });
}

async function fetchBytes(url: string, timeoutMs: number): Promise<Uint8Array> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    // `fetch failed` says nothing; its cause does.
    throw error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
  }
}

/** Go checks the sources against its checksum database (sum.golang.org), so this needs no checksum of ours. */
async function installWithGo(target: string, tell: Tell, env: Environment): Promise<void> {
  await run('go', ['version'], { timeout: VERSION_TIMEOUT_MS });
  tell(`Building opa ${OPA_VERSION} with Go; this takes some minutes, once.`);
  await intoCache(target, async (directory) => {
    await run('go', ['install', `github.com/open-policy-agent/opa@v${OPA_VERSION}`], {
      env: { ...env, CGO_ENABLED: '0', GOBIN: directory },
      timeout: GO_INSTALL_TIMEOUT_MS,
    });
  });
}

/** Made aside and moved, so that two runs at once, or a killed one, never leave half an executable in the cache. */
async function intoCache(target: string, make: (directory: string) => Promise<void>): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true });
  const directory = await mkdtemp(path.join(path.dirname(target), 'new-'));
  try {
    await make(directory);
    await access(path.join(directory, EXECUTABLE));
    await rename(path.join(directory, EXECUTABLE), target);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? text;
}
