import { createRequire } from 'node:module';
import type { LoadedPolicy } from '@open-policy-agent/opa-wasm';
import {
  DECISION_ENTRYPOINT,
  DROP_ENTRYPOINT,
  MASK_ENTRYPOINT,
  REQUEST_ENTRYPOINT,
  type PolicyBundle,
} from './policy-bundle.ts';
import { PolicyEngineError, type LogRules, type PolicyEngine } from './policy-engine.ts';
import { PRINT_BUILTIN, PrintLines } from './print-lines.ts';

// The ES module of this library leaves out `loadPolicySync`, which is what lets a broken instance be replaced within
// the call that finds it broken.
const { loadPolicySync } = createRequire(import.meta.url)(
  '@open-policy-agent/opa-wasm',
) as typeof import('@open-policy-agent/opa-wasm');

/** The part of the WebAssembly API used here; the types of Node leave it out. */
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>;
  readonly Module: Record<'imports' | 'exports', (module: object) => { readonly name: string }[]>;
};

/**
 * Built-ins that Rego leaves to the host and @open-policy-agent/opa-wasm implements. Most are inside the module and
 * always there. A contract test holds this list to the library.
 */
export const HOST_BUILTINS: readonly string[] = [
  'json.is_valid',
  'regex.split',
  'sprintf',
  'yaml.is_valid',
  'yaml.marshal',
  'yaml.unmarshal',
];

/** All of the above, today. One that reads a clock, a network or chance must never stand here. */
const PURE_BUILTINS: ReadonlySet<string> = new Set([
  'json.is_valid',
  'regex.split',
  'sprintf',
  'yaml.is_valid',
  'yaml.marshal',
  'yaml.unmarshal',
]);

/** Parts of the input that are the same for every request of one subject, resource and action, while the facts are. */
const STEADY_READ = /^(?:data|input\.(?:subject|resource|action|scopes|grants))(?:\.|$)/;

const WASM_PAGE_BYTES = 64 * 1024;
const INITIAL_PAGES = 16;

/** One instance may take this much for its tables, one input and the work on it; an evaluation that needs more fails. */
export const MAX_POLICY_MEMORY_BYTES = 64 * 1024 * 1024;

/** What a module that OPA compiled exports since ABI 1.2 (OPA documentation, "WebAssembly", section "Exports"). */
const EXPORTS = ['opa_wasm_abi_version', 'opa_wasm_abi_minor_version', 'opa_eval', 'entrypoints', 'builtins'];

interface PolicyExports {
  builtins(): number;
  opa_json_dump(address: number): number;
  opa_eval(
    reserved: 0,
    entrypoint: number,
    data: number,
    input: number,
    inputBytes: number,
    heap: number,
    format: 0,
  ): number;
}

/** What the library keeps of a started policy. */
interface PolicyInstance {
  readonly wasmInstance: { readonly exports: PolicyExports };
  readonly mem: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly dataAddr: number;
  readonly dataHeapPtr: number;
}

export interface EngineOptions {
  readonly maxMemoryBytes?: number;
  /** Keeps what the policy prints for `takePrinted`. It may hold personal data, so it is for debugging only. */
  readonly keepsPrinted?: boolean;
}

/**
 * Runs a compiled bundle. Refuses at load what would only fail at a call: a missing entrypoint or a built-in the
 * module imports and this runtime lacks. Evaluation is synchronous and has no time limit; Rego always ends, but a
 * policy can be slow.
 * @throws PolicyEngineError
 */
export async function createOpaPolicyEngine(bundle: PolicyBundle, options: EngineOptions = {}): Promise<PolicyEngine> {
  const { maxMemoryBytes = MAX_POLICY_MEMORY_BYTES, keepsPrinted = false } = options;
  const module = await compile(bundle.wasm);
  const maximum = Math.max(INITIAL_PAGES, Math.floor(maxMemoryBytes / WASM_PAGE_BYTES));
  const printed = new PrintLines(keepsPrinted);
  const start = () => startInstance(module, bundle.data, maximum, printed);
  const first = start();
  refuseMissingParts(first);
  const entrypoints = first.entrypoints as Record<string, number>;
  const run = createRunner(start, first, entrypoints);
  return {
    revision: bundle.revision,
    ignoresContext: isSteady(bundle, Object.keys(readBuiltins(first))),
    decide: (input) => run(DECISION_ENTRYPOINT, input),
    request: (input) => run(REQUEST_ENTRYPOINT, input),
    takePrinted: () => printed.take(),
    logRules: createLogRules(() => startInstance(module, bundle.data, maximum, new PrintLines(false)), entrypoints),
  };
}

function isSteady({ decisionReads }: PolicyBundle, builtins: readonly string[]): boolean {
  if (decisionReads === undefined || !builtins.every((name) => PURE_BUILTINS.has(name))) return false;
  return decisionReads.every((reference) => STEADY_READ.test(reference));
}

type Runner = (entrypoint: string, input: object) => unknown;

function createRunner(
  start: () => LoadedPolicy,
  first: LoadedPolicy | null,
  entrypoints: Readonly<Record<string, number>>,
): Runner {
  let instance = first;
  return (entrypoint, input) => {
    instance ??= start();
    try {
      return readResult(evaluateOnce(instance, input, entrypoints[entrypoint]!));
    } catch (error) {
      // What an abort leaves in the memory of the instance is nobody's promise, so nothing is asked of it again.
      instance = null;
      throw new PolicyEngineError(`The policy failed at ${entrypoint}: ${describe(error)}`);
    }
  };
}

/** In an instance of their own, made with the first event: a rule that aborts must not cost the next decision a start. */
function createLogRules(start: () => LoadedPolicy, entrypoints: Readonly<Record<string, number>>): LogRules {
  const run = createRunner(start, null, entrypoints);
  const rule = (entrypoint: string): ((event: object) => unknown) | null =>
    Object.hasOwn(entrypoints, entrypoint) ? (event) => run(entrypoint, event) : null;
  return { mask: rule(MASK_ENTRYPOINT), drop: rule(DROP_ENTRYPOINT) };
}

async function compile(wasm: Uint8Array): Promise<object> {
  let module: object;
  try {
    module = await WebAssembly.compile(wasm);
  } catch {
    throw new PolicyEngineError('The policy.wasm of the bundle is no WebAssembly module.');
  }
  // The library sends it to stdout, whatever the log level. `opa build` leaves print() out of Wasm, or with
  // `--wasm-include-print` makes a built-in of it; no module it makes asks for this.
  if (WebAssembly.Module.imports(module).some((wanted) => wanted.name === 'opa_println')) {
    throw new PolicyEngineError('The policy prints past the log. Compile it with `opa build --wasm-include-print`.');
  }
  const exported = new Set(WebAssembly.Module.exports(module).map((offered) => offered.name));
  if (!EXPORTS.every((name) => exported.has(name))) {
    throw new PolicyEngineError(
      'The policy.wasm of the bundle was not compiled by OPA, or by one too old to run here.',
    );
  }
  return module;
}

function startInstance(module: object, data: object, maximum: number, printed: PrintLines): LoadedPolicy {
  try {
    const builtins = { [PRINT_BUILTIN]: printed.print };
    const instance = loadPolicySync(module as never, { initial: INITIAL_PAGES, maximum }, builtins);
    instance.setData(data);
    return instance;
  } catch (error) {
    throw new PolicyEngineError(`The policy could not be started: ${describe(error)}`);
  }
}

function refuseMissingParts(instance: LoadedPolicy): void {
  for (const entrypoint of [DECISION_ENTRYPOINT, REQUEST_ENTRYPOINT]) {
    if (!Object.hasOwn(instance.entrypoints as object, entrypoint)) {
      throw new PolicyEngineError(`The policy does not answer ${entrypoint}. Build it with \`-e ${entrypoint}\`.`);
    }
  }
  const missing = Object.keys(readBuiltins(instance)).filter(
    (name) => name !== PRINT_BUILTIN && !HOST_BUILTINS.includes(name),
  );
  if (missing.length > 0) {
    throw new PolicyEngineError(`The policy uses built-ins that are not available here: ${missing.join(', ')}.`);
  }
}

/** @returns names of the built-ins the module leaves to the host, with their numbers */
function readBuiltins(instance: LoadedPolicy): Record<string, number> {
  const exports = (instance.wasmInstance as unknown as { exports: PolicyExports }).exports;
  const start = exports.opa_json_dump(exports.builtins());
  const memory = Buffer.from((instance.mem as { buffer: ArrayBuffer }).buffer);
  return JSON.parse(memory.toString('utf8', start, memory.indexOf(0, start))) as Record<string, number>;
}

/** The memory of one policy as bytes; growing it makes another buffer of it. */
let seen: Buffer = Buffer.alloc(0);

function bytesOf(memory: PolicyInstance['mem']): Buffer {
  const { buffer } = memory;
  if (seen.buffer !== buffer) seen = Buffer.from(buffer);
  return seen;
}

/**
 * One evaluation by ABI 1.2 (OPA documentation, "WebAssembly", section "Evaluation"): the input goes behind the data in
 * the module's memory, and the answer comes back as JSON. The library does the same with a new encoder, a new decoder and
 * two more copies for each call.
 */
function evaluateOnce(loaded: LoadedPolicy, input: object, entrypoint: number): unknown {
  const { wasmInstance, mem, dataAddr, dataHeapPtr } = loaded as unknown as PolicyInstance;
  const text = JSON.stringify(input);
  // A UTF-16 unit takes three bytes of UTF-8 at most.
  const missing = dataHeapPtr + text.length * 3 - mem.buffer.byteLength;
  if (missing > 0) mem.grow(Math.ceil(missing / WASM_PAGE_BYTES));
  const written = bytesOf(mem).write(text, dataHeapPtr, 'utf8');
  const { exports } = wasmInstance;
  const address = exports.opa_eval(0, entrypoint, dataAddr, dataHeapPtr, written, dataHeapPtr + written, 0);
  // Asked for again: the memory may have grown under the evaluation.
  const memory = bytesOf(mem);
  return JSON.parse(memory.toString('utf8', address, memory.indexOf(0, address)));
}

/** An undefined rule is an empty result set. */
function readResult(results: unknown): unknown {
  if (!Array.isArray(results)) return undefined;
  const [first] = results as unknown[];
  return typeof first === 'object' && first !== null && 'result' in first ? first.result : undefined;
}

/**
 * The module aborts with a string of its own (a place in the Rego, or a limit). Other errors come from built-ins in
 * JavaScript, whose messages quote the value they failed on, so only their name is told.
 */
function describe(error: unknown): string {
  if (typeof error === 'string') return error;
  const name = typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : typeof error;
  return `${name} while it ran`;
}
