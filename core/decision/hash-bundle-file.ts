import { createHash, type Hash } from 'node:crypto';
import { PolicyEngineError } from './policy-engine.ts';

/** Names of hash functions in a signature, and Node's for them. OPA also knows MD5 and SHA-1: those prove nothing today. */
const HASHES: Readonly<Record<string, string>> = { 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' };

/** Files whose meaning is hashed and not their bytes. */
const STRUCTURED = /(^|\/)(data\.json|\.manifest)$/;

/** A number as it is spelt: OPA hashes `1.0` and `1` differently. */
class NumberText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/**
 * The hash of one file as OPA computes it for signatures (OPA documentation, "Bundles", section "Signature Format"): over
 * the bytes, but for JSON over its values with members in the order of their names, so that spaces don't count.
 * @returns hexadecimal
 * @throws PolicyEngineError for an unknown hash function or a file that is not JSON
 */
export function hashBundleFile(path: string, bytes: Uint8Array, algorithm: string): string {
  const name = Object.hasOwn(HASHES, algorithm) ? HASHES[algorithm] : undefined;
  if (name === undefined) {
    throw new PolicyEngineError(
      `The signature of the policy bundle hashes ${path} with ${algorithm || 'nothing'}; it must be SHA-256, SHA-384 or SHA-512.`,
    );
  }
  const hash = createHash(name);
  if (STRUCTURED.test(path)) hashValue(hash, readExactly(bytes, path), path);
  else hash.update(bytes);
  return hash.digest('hex');
}

function readExactly(bytes: Uint8Array, path: string): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // The third argument is the source of a value (ECMAScript proposal "JSON.parse source text access"; V8 has it).
    const keepNumbers = (_key: string, value: unknown, context: { source?: string }): unknown =>
      typeof value === 'number' ? new NumberText(context.source ?? String(value)) : value;
    return (JSON.parse as (text: string, reviver: typeof keepNumbers) => unknown)(text, keepNumbers);
  } catch {
    throw new PolicyEngineError(`The ${path} of the policy bundle is not JSON.`);
  }
}

function hashValue(hash: Hash, root: unknown, path: string): void {
  const walk = (value: unknown): void => {
    if (value instanceof NumberText) hash.update(value.text);
    else if (Array.isArray(value)) {
      hash.update('[');
      for (const [index, item] of value.entries()) {
        if (index > 0) hash.update(',');
        walk(item);
      }
      hash.update(']');
    } else if (typeof value === 'object' && value !== null) {
      hash.update('{');
      const members = Object.entries(value).toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      for (const [index, [key, member]] of members.entries()) {
        hash.update(`${index > 0 ? ',' : ''}${encodeText(key)}:`);
        walk(member);
      }
      hash.update('}');
    } else hash.update(typeof value === 'string' ? encodeText(value) : String(value));
  };
  try {
    walk(root);
  } catch {
    throw new PolicyEngineError(`The ${path} of the policy bundle is nested too deeply.`);
  }
}

/** As Go's encoding/json writes text without escaping HTML, which differs from JSON.stringify in these. */
function encodeText(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
