import { createHash } from 'node:crypto';
import { z } from 'zod';
import { readBundleJson, unpackBundle } from './bundle-archive.ts';
import { SIGNATURES_PATH, verifyBundle, type BundleSignature, type BundleTrust } from './bundle-signature.ts';
import { PolicyEngineError } from './policy-engine.ts';

/** The two rules every Hallpass policy answers. */
export const DECISION_ENTRYPOINT = 'hallpass/authz/decision';
export const REQUEST_ENTRYPOINT = 'hallpass/request/decision';

/** Rules over decision-log events, which a policy may bring along (OPA documentation, "Decision Logs"). */
export const MASK_ENTRYPOINT = 'system/log/mask';
export const DROP_ENTRYPOINT = 'system/log/drop';

/** A compiled policy, ready to run. */
export interface PolicyBundle {
  /** Names the policy in logs, metrics and decisions. */
  readonly revision: string;
  readonly wasm: Uint8Array;
  /** Static tables the policy reads as `data`; never grants. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Whether it brings a signature, looked at or not. */
  readonly isSigned: boolean;
  /** The signature that holds; null when nobody asked for one. */
  readonly signature: BundleSignature | null;
  /**
   * What the decision can read outside of its rules, as the build found out (`input.subject.role`, `data.hallpass.settings`);
   * undefined where nobody has looked.
   */
  readonly decisionReads?: readonly string[] | undefined;
}

const WASM_PATH = 'policy.wasm';

/** `.manifest` of an OPA bundle (OPA documentation, "Bundles", section "Bundle File Format"). */
const manifestSchema = z.object({
  revision: z.string().max(200).default(''),
  wasm: z.array(z.object({ entrypoint: z.string(), module: z.string() })).default([]),
  // Written by `npm run policies:build`. One that is not ours, or is not readable, is as good as none.
  metadata: z
    .looseObject({ hallpass: z.looseObject({ decision_reads: z.array(z.string()).optional() }).optional() })
    .optional()
    .catch(undefined),
});

/**
 * Reads a bundle in OPA's format: a gzipped tar of `.manifest`, `policy.wasm` and, where there are tables, `data.json`.
 * Sources that `opa build` leaves beside them are passed over. A bundle without a revision gets one from its content.
 * @param trust nothing of a bundle is read that is not signed by it; null: signatures are not looked at
 * @throws PolicyEngineError that says what is missing or wrong
 */
export async function readPolicyBundle(bytes: Uint8Array, trust: BundleTrust | null = null): Promise<PolicyBundle> {
  const files = await unpackBundle(bytes);
  const signature = trust === null ? null : await verifyBundle(files, trust);
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
  return {
    revision,
    wasm,
    data,
    decisionReads: manifest.metadata?.hallpass?.decision_reads,
    isSigned: files.has(SIGNATURES_PATH),
    signature,
  };
}

function readManifest(bytes: Uint8Array): z.infer<typeof manifestSchema> {
  const parsed = manifestSchema.safeParse(readBundleJson(bytes, '.manifest'));
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
  const parsed = z.record(z.string(), z.unknown()).safeParse(readBundleJson(bytes, 'data.json'));
  if (!parsed.success) throw new PolicyEngineError('The data.json of the policy bundle must hold an object.');
  return parsed.data;
}

function contentRevision(wasm: Uint8Array, data: Uint8Array | undefined): string {
  const hash = createHash('sha256').update(wasm);
  if (data !== undefined) hash.update('\0').update(data);
  return `sha256:${hash.digest('hex').slice(0, 16)}`;
}
