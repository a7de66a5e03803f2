import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { packTar, unpackTar } from 'modern-tar';
import {
  DECISION_ENTRYPOINT,
  DROP_ENTRYPOINT,
  MASK_ENTRYPOINT,
  REQUEST_ENTRYPOINT,
} from '../core/decision/policy-bundle.ts';

const run = promisify(execFile);

export const POLICIES_DIR = import.meta.dirname;
export const BUNDLE_PATH = path.join(POLICIES_DIR, 'bundle', 'policy.tar.gz');

/** What a policy is made of, relative to `policies/`; everything else there is about building and testing it. */
export const SOURCE_DIRS: readonly string[] = ['authz', 'request', 'lib', ...(hasLogRules() ? ['log'] : [])];
export const TABLES = 'data.json';

/**
 * Compiles the sources to one bundle in OPA's format, with a content hash of the sources as its revision. The same
 * sources and the same `opa` give the same bytes, wherever and whenever.
 * @param opa path of the executable
 * @throws Error with the compiler's own words
 */
export async function compilePolicies(opa: string): Promise<Uint8Array> {
  const revision = await sourceRevision();
  const directory = await mkdtemp(path.join(tmpdir(), 'hallpass-policies-'));
  try {
    const output = path.join(directory, 'bundle.tar.gz');
    const entrypoints = [DECISION_ENTRYPOINT, REQUEST_ENTRYPOINT, ...(await logEntrypoints())];
    await run(
      opa,
      [
        'build',
        '--target=wasm',
        `--revision=${revision}`,
        '--ignore=*_test.rego',
        ...entrypoints.flatMap((entrypoint) => ['-e', entrypoint]),
        `--output=${output}`,
        ...SOURCE_DIRS,
        TABLES,
      ],
      // Paths of the sources stand in the module, so they must not depend on where the clone is.
      { cwd: POLICIES_DIR },
    );
    return await normalise(await readFile(output), await decisionReads(opa));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Rules over decision logs are there when somebody has written some, in `policies/log/`. */
function hasLogRules(): boolean {
  return existsSync(path.join(import.meta.dirname, 'log'));
}

/** Exported are those that have a rule: `opa build` refuses an entrypoint without one. */
async function logEntrypoints(): Promise<string[]> {
  const files = (await sourceFiles()).filter((file) => file.startsWith('log/') && file.endsWith('.rego'));
  const texts = await Promise.all(files.map((file) => readFile(path.join(POLICIES_DIR, file), 'utf8')));
  const rules = texts.filter((text) => /^package system\.log\s*$/m.test(text)).join('\n');
  return [MASK_ENTRYPOINT, DROP_ENTRYPOINT].filter((entrypoint) =>
    new RegExp(`^${path.posix.basename(entrypoint)}\\b`, 'm').test(rules),
  );
}

/** `sha256:` and 16 hex digits over the names and contents of the sources, without their tests. */
export async function sourceRevision(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of await sourceFiles()) {
    const content = await readFile(path.join(POLICIES_DIR, file));
    hash.update(`${file}\0${content.byteLength}\0`).update(content);
  }
  return `sha256:${hash.digest('hex').slice(0, 16)}`;
}

async function sourceFiles(): Promise<string[]> {
  const files = [TABLES];
  for (const directory of SOURCE_DIRS) {
    const names = await readdir(path.join(POLICIES_DIR, directory), { recursive: true });
    for (const name of names) {
      if (/\.(rego|json|ya?ml)$/.test(name) && !name.endsWith('_test.rego')) {
        files.push(path.posix.join(directory, name.replaceAll(path.sep, '/')));
      }
    }
  }
  return files.toSorted();
}

/**
 * Everything outside of the rules that `hallpass/authz/decision` can reach: `input.subject.role`, or `input` where a part
 * is picked at run time. Of the compiler's own analysis (OPA documentation, "CLI", `opa deps`).
 * @param directories with the rules, and files with tables
 */
export async function decisionReads(
  opa: string,
  directories: readonly string[] = [...SOURCE_DIRS, TABLES],
  cwd = POLICIES_DIR,
): Promise<string[]> {
  const data = directories.flatMap((directory) => ['--data', directory]);
  const query = `data.${DECISION_ENTRYPOINT.replaceAll('/', '.')}`;
  const { stdout } = await run(opa, ['deps', '--format=json', '--ignore=*_test.rego', ...data, query], { cwd });
  const { base = [] } = JSON.parse(stdout) as { base?: { value: unknown }[][] };
  return base.map((reference) => reference.map(({ value }) => String(value)).join('.')).toSorted();
}

/** Keeps what runs, in a fixed order and without times, owners or the name of the machine that packed it. */
async function normalise(bundle: Uint8Array, reads: readonly string[]): Promise<Uint8Array> {
  const entries = await unpackTar(gunzipSync(bundle), { strict: true });
  const packed = ['.manifest', 'data.json', 'policy.wasm'].map((name) => {
    const built = entries.find((entry) => entry.header.name === `/${name}`)?.data;
    if (built === undefined) throw new Error(`opa build made no ${name}`);
    const body = name === '.manifest' ? withReads(built, reads) : built;
    return {
      header: { name, size: body.byteLength, mtime: new Date(0), mode: 0o644, uid: 0, gid: 0, type: 'file' as const },
      body,
    };
  });
  const archive = gzipSync(await packTar(packed), { level: 9 });
  // Byte 9 of a gzip header names the operating system (RFC 1952, section 2.3); 255 is "unknown".
  archive[9] = 255;
  return archive;
}

/** `.manifest` has a place for what is nobody's but ours (OPA documentation, "Bundles", `metadata`). */
function withReads(manifest: Uint8Array, reads: readonly string[]): Uint8Array {
  const parsed = JSON.parse(new TextDecoder().decode(manifest)) as { metadata?: object };
  const metadata = { ...parsed.metadata, hallpass: { decision_reads: reads } };
  return new TextEncoder().encode(`${JSON.stringify({ ...parsed, metadata })}\n`);
}
