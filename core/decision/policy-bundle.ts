import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { unpackTar, type ParsedTarEntryWithData } from 'modern-tar';
import { z } from 'zod';
import { PolicyEngineError } from './policy-engine.ts';

/** The two rules every Hallpass policy answers. */
export const DECISION_ENTRYPOINT = 'hallpass/authz/decision';
export const REQUEST_ENTRYPOINT = 'hallpass/request/decision';

/** Of a bundle as it is fetched, and of everything in it once unpacked: far above any policy, far below any harm. */
export const MAX_BUNDLE_BYTES = 16 * 1024 * 1024;
export const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;

/** A compiled policy, ready to run. */
export interface PolicyBundle {
  /** Names the policy in logs, metrics and decisions. */
  readonly revision: string;
  readonly wasm: Uint8Array;
  /** Static tables the policy reads as `data`; never grants. */
  readonly data: Readonly<Record<string, unknown>>;
}

const WASM_PATH = 'policy.wasm';

/** `.manifest` of an OPA bundle (OPA documentation, "Bundles", section "Bundle File Format"). */
const manifestSchema = z.object({
  revision: z.string().max(200).default(''),
  wasm: z.array(z.object({ entrypoint: z.string(), module: z.string() })).default([]),
});

/**
 * Reads a bundle in OPA's format: a gzipped tar of `.manifest`, `policy.wasm` and, where there are tables, `data.json`.
 * Sources that `opa build` leaves beside them are passed over. A bundle without a revision gets one from its content.
 * @throws PolicyEngineError that says what is missing or wrong
 */
export async function readPolicyBundle(bytes: Uint8Array): Promise<PolicyBundle> {
  const files = await unpack(bytes);
  const manifestBytes = files.get('.manifest');
  if (manifestBytes === undefined) throw new PolicyEngineError('The policy bundle has no .manifest.');
  const manifest = readManifest(manifestBytes);
  const wasm = files.get(WASM_PATH);
  if (wasm === undefined) {
    throw new PolicyEngineError('The policy bundle has no policy.wasm. Build it with `opa build -t wasm`.');
  }
  const dataBytes = files.get('data.json');
  const data = dataBytes === undefined ? {} : readData(dataBytes);
  const revision = manifest.revision.trim() || contentRevision(wasm, dataBytes);
  return { revision, wasm, data };
}

async function unpack(bytes: Uint8Array): Promise<Map<string, Uint8Array>> {
  if (bytes.byteLength > MAX_BUNDLE_BYTES) {
    throw new PolicyEngineError(`The policy bundle is larger than ${MAX_BUNDLE_BYTES} bytes.`);
  }
  const tar = await promisify(gunzip)(bytes, { maxOutputLength: MAX_UNPACKED_BYTES }).catch(() => {
    throw new PolicyEngineError(
      `The policy bundle is no whole gzip file, or takes more than ${MAX_UNPACKED_BYTES} bytes unpacked.`,
    );
  });
  let entries: ParsedTarEntryWithData[];
  try {
    entries = await unpackTar(tar, { strict: true });
  } catch {
    throw new PolicyEngineError('The policy bundle holds no readable tar archive.');
  }
  const files = new Map<string, Uint8Array>();
  for (const { header, data } of entries) {
    if (data === undefined) continue;
    const path = header.name.replace(/^(\.?\/)+/, '');
    // Two files of one name: which of them counts would depend on who reads.
    if (files.has(path)) throw new PolicyEngineError(`The policy bundle holds ${path} more than once.`);
    if (/(^|\/)data\.ya?ml$|\/data\.json$/.test(path)) {
      throw new PolicyEngineError(`The policy bundle holds ${path}; its tables must be in one data.json at the top.`);
    }
    files.set(path, data);
  }
  return files;
}

function readManifest(bytes: Uint8Array): z.infer<typeof manifestSchema> {
  const parsed = manifestSchema.safeParse(readJson(bytes, '.manifest'));
  if (!parsed.success) {
    throw new PolicyEngineError(`The .manifest of the policy bundle is malformed: ${z.prettifyError(parsed.error)}`);
  }
  for (const entrypoint of [DECISION_ENTRYPOINT, REQUEST_ENTRYPOINT]) {
    const resolver = parsed.data.wasm.find((candidate) => candidate.entrypoint === entrypoint);
    if (resolver === undefined) {
      throw new PolicyEngineError(
        `The .manifest of the policy bundle names no Wasm for ${entrypoint}. Build it with \`-e ${entrypoint}\`.`,
      );
    }
    if (resolver.module.replace(/^\//, '') !== WASM_PATH) {
      throw new PolicyEngineError(`The policy bundle must answer ${entrypoint} by /${WASM_PATH}, one module for all.`);
    }
  }
  return parsed.data;
}

function readData(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const parsed = z.record(z.string(), z.unknown()).safeParse(readJson(bytes, 'data.json'));
  if (!parsed.success) throw new PolicyEngineError('The data.json of the policy bundle must hold an object.');
  return parsed.data;
}

function readJson(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new PolicyEngineError(`The ${path} of the policy bundle is not JSON.`);
  }
}

function contentRevision(wasm: Uint8Array, data: Uint8Array | undefined): string {
  const hash = createHash('sha256').update(wasm);
  if (data !== undefined) hash.update('\0').update(data);
  return `sha256:${hash.digest('hex').slice(0, 16)}`;
}
