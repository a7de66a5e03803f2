import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { decisionInputSchema, type DecisionInput } from '../../core/decision/decision-input.ts';
import { readDecisionAnswer } from '../../core/decision/decision.ts';
import { createOpaPolicyEngine } from '../../core/decision/opa-policy-engine.ts';
import { readPolicyBundle } from '../../core/decision/policy-bundle.ts';
import { requestAnswerSchema, requestInputSchema, type RequestInput } from '../../core/decision/request-input.ts';

/** The cases that `opa test` runs on the Rego, here on the committed Wasm through the engine of the sidecar. */
interface Suite {
  readonly base: Json;
  readonly cases: readonly { readonly name: string; readonly input: Json; readonly expect: Json }[];
}
type Json = Readonly<Record<string, unknown>>;

const POLICIES = new URL('../../policies/', import.meta.url);

async function readSuite(name: string): Promise<Suite> {
  const text = await readFile(new URL(`cases/${name}.json`, POLICIES), 'utf8');
  return (JSON.parse(text) as { cases: Record<string, Suite> }).cases[name] as Suite;
}

/** As Rego's `object.union`: objects are merged member by member, everything else is replaced. */
function union(base: unknown, patch: unknown): unknown {
  if (!isObject(base) || !isObject(patch)) return patch;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(patch)) merged[key] = key in base ? union(base[key], value) : value;
  return merged;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const authz = await readSuite('authz');
const request = await readSuite('request');
const engine = await createOpaPolicyEngine(
  await readPolicyBundle(await readFile(new URL('bundle/policy.tar.gz', POLICIES))),
);

describe('the committed policy decides as the cases say', () => {
  it.each(authz.cases.map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const input = union(authz.base, one.input) as DecisionInput;
    expect(decisionInputSchema.parse(input)).toEqual(input);

    const raw = engine.decide(input);
    expect(raw).toEqual(one.expect);

    // And the reader of answers takes it for what it is.
    const { allow, reason } = readDecisionAnswer(
      raw,
      input.grants.map((grant) => grant.id),
    );
    expect({ allow, reason }).toEqual({ allow: one.expect['allow'], reason: one.expect['reason'] });
  });
});

describe('the committed policy takes requests as the cases say', () => {
  it.each(request.cases.map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const input = union(request.base, one.input) as RequestInput;
    expect(requestInputSchema.parse(input)).toEqual(input);

    const raw = engine.request(input);
    expect(raw).toEqual(one.expect);
    expect(requestAnswerSchema.parse(raw)).toEqual(raw);
  });
});
