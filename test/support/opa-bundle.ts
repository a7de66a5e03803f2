import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { packTar, unpackTar } from 'modern-tar';
import { DECISION_ENTRYPOINT, REQUEST_ENTRYPOINT } from '../../core/decision/policy-bundle.ts';
import { POLICIES_DIR, SOURCE_DIRS, TABLES } from '../../policies/compile-policies.ts';
import { findOpa } from '../../policies/find-opa.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';

const run = promisify(execFile);

export interface SigningPair {
  readonly algorithm: 'RS256' | 'ES256' | 'PS384';
  /** PEM. */
  readonly publicKey: string;
  readonly privateKey: string;
}

export function signingPair(algorithm: SigningPair['algorithm'] = 'ES256'): SigningPair {
  const { publicKey, privateKey } =
    algorithm === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return {
    algorithm,
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

export interface OpaBundleOptions {
  readonly revision?: string;
  /** Files laid over the default policy, by path; null: not there. */
  readonly files?: Readonly<Record<string, string | null>>;
  /** Besides the two that Hallpass asks. */
  readonly entrypoints?: readonly string[];
  readonly print?: boolean;
  readonly sign?: {
    readonly pair: SigningPair;
    readonly keyId?: string;
    readonly claims?: Readonly<Record<string, unknown>>;
  };
}

/** What the real `opa build` makes of the default policy, with changes. */
export async function buildWithOpa(options: OpaBundleOptions = {}): Promise<Buffer> {
  const directory = await makeTemporaryDirectory('opa');
  try {
    const sources = join(directory.path, 'sources');
    for (const name of [...SOURCE_DIRS, TABLES]) {
      await cp(join(POLICIES_DIR, name), join(sources, name), { recursive: true });
    }
    for (const [name, text] of Object.entries(options.files ?? {})) {
      await mkdir(dirname(join(sources, name)), { recursive: true });
      await writeFile(join(sources, name), text ?? '');
    }
    const output = join(directory.path, 'bundle.tar.gz');
    const entrypoints = [DECISION_ENTRYPOINT, REQUEST_ENTRYPOINT, ...(options.entrypoints ?? [])];
    const args = ['build', '--target=wasm', '--bundle', '.', '--ignore=*_test.rego', `--output=${output}`];
    args.push(`--revision=${options.revision ?? 'test'}`, ...entrypoints.flatMap((name) => ['-e', name]));
    if (options.print === true) args.push('--wasm-include-print');
    if (options.sign !== undefined) args.push(...(await signingArgs(options.sign, directory.path)));
    await run(await findOpa(process.env, () => {}), args, { cwd: sources });
    return await readFile(output);
  } finally {
    await directory.remove();
  }
}

async function signingArgs(sign: NonNullable<OpaBundleOptions['sign']>, directory: string): Promise<string[]> {
  const key = join(directory, 'key.pem');
  await writeFile(key, sign.pair.privateKey);
  const args = [`--signing-key=${key}`, `--signing-alg=${sign.pair.algorithm}`];
  if (sign.keyId !== undefined) args.push(`--verification-key-id=${sign.keyId}`);
  if (sign.claims !== undefined) {
    const claims = join(directory, 'claims.json');
    await writeFile(claims, JSON.stringify(sign.claims));
    args.push(`--claims-file=${claims}`);
  }
  return args;
}

/** The same bundle with some files other, or gone (null). */
export async function repack(
  bundle: Uint8Array,
  changes: Readonly<Record<string, Uint8Array | string | null>>,
): Promise<Buffer> {
  const files = new Map<string, Uint8Array>();
  for (const { header, data } of await unpackTar(gunzipSync(bundle))) {
    if (data !== undefined) files.set(header.name.replace(/^\//, ''), data);
  }
  for (const [name, body] of Object.entries(changes)) {
    if (body === null) files.delete(name);
    else files.set(name, Buffer.from(body));
  }
  const entries = [...files].map(([name, body]) => ({ header: { name, size: body.byteLength }, body }));
  return gzipSync(await packTar(entries));
}

/** One file of a bundle. */
export async function fileOf(bundle: Uint8Array, name: string): Promise<Buffer> {
  const entries = await unpackTar(gunzipSync(bundle));
  const found = entries.find(({ header }) => header.name.replace(/^\//, '') === name)?.data;
  if (found === undefined) throw new Error(`no ${name} in the bundle`);
  return Buffer.from(found);
}
