import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { unpackTar, type ParsedTarEntryWithData } from 'modern-tar';
import { PolicyEngineError } from './policy-engine.ts';

/** Of a bundle as it is fetched, and of everything in it once unpacked: far above any policy, far below any harm. */
export const MAX_BUNDLE_BYTES = 16 * 1024 * 1024;
export const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;

/** Files of a bundle by path, without a leading slash. */
export type BundleFiles = ReadonlyMap<string, Uint8Array>;

/**
 * Unpacks a bundle in OPA's format, a gzipped tar (OPA documentation, "Bundles", section "Bundle File Format").
 * @throws PolicyEngineError that says what is wrong with it
 */
export async function unpackBundle(bytes: Uint8Array): Promise<BundleFiles> {
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

/** @throws PolicyEngineError */
export function readBundleJson(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new PolicyEngineError(`The ${path} of the policy bundle is not JSON.`);
  }
}
