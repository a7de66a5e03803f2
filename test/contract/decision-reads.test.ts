import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createOpaPolicyEngine } from '../../core/decision/opa-policy-engine.ts';
import { readPolicyBundle } from '../../core/decision/policy-bundle.ts';
import { BUNDLE_PATH, decisionReads } from '../../policies/compile-policies.ts';
import { findOpa } from '../../policies/find-opa.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';

/** What the analysis says of a policy with this rule in it. */
async function readsOf(rule: string): Promise<string[]> {
  const directory = await makeTemporaryDirectory('reads');
  try {
    const file = path.join(directory.path, 'decision.rego');
    await writeFile(
      file,
      `package hallpass.authz\n\ndecision := {"allow": false} if {\n\t${rule}\n}\n\nnone := input.context.host\n`,
    );
    await writeFile(
      path.join(directory.path, 'other.rego'),
      'package hallpass.other\n\nx if input.context.host == "x"\n',
    );
    return await decisionReads(await findOpa(process.env, () => {}), ['.'], directory.path);
  } finally {
    await directory.remove();
  }
}

/** Whether answers of the committed policy, were these its reads, would be remembered. */
async function isSteady(reads: string[] | undefined): Promise<boolean | undefined> {
  const bundle = await readPolicyBundle(await readFile(BUNDLE_PATH));
  return (await createOpaPolicyEngine({ ...bundle, decisionReads: reads })).ignoresContext;
}

describe('what a decision reads', () => {
  it('is in the committed bundle as the compiler finds it, and nothing of the context', async () => {
    const bundle = await readPolicyBundle(await readFile(BUNDLE_PATH));
    expect(bundle.decisionReads).toEqual(await decisionReads(await findOpa(process.env, () => {})));
    expect(bundle.decisionReads).toContain('input.subject.role');
    expect(bundle.decisionReads?.filter((read) => read.startsWith('input.context'))).toEqual([]);
    expect((await createOpaPolicyEngine(bundle)).ignoresContext).toBe(true);
  });

  it.each([
    'input.context.path == "/"',
    'input["context"].path == "/"',
    'x := input; x.context.path == "/"',
    'some part; input[part].path == "/"',
    'part := concat("", ["con", "text"]); input[part].path == "/"',
    'object.get(input, ["context", "path"], "") == "/"',
    'json.filter(input, ["context/path"]) != {}',
    'count([value | walk(input, [_, value])]) > 9',
    'every value in input { value }',
    'data.hallpass.other[input.action.name]',
    'none with input as {"context": {"host": "x"}}',
    'count([1 | input.context.time]) > 0',
    'input.context',
    'input.other',
  ])('is seen to be more than facts: %s', async (rule) => {
    expect(await isSteady(await readsOf(rule))).toBe(false);
  });

  it.each([
    'input.subject.role == "owner"',
    'input.resource[input.action.name] == 1',
    'count(input.grants) > 0',
    '1 == 1',
  ])('is seen to be facts alone: %s', async (rule) => {
    expect(await isSteady(await readsOf(rule))).toBe(true);
  });

  it('is everything, as long as nobody has looked', async () => {
    expect(await isSteady(undefined)).toBe(false);
    expect(await isSteady(['input'])).toBe(false);
    expect(await isSteady(['input.contextual'])).toBe(false);
    expect(await isSteady(['input.subjects'])).toBe(false);
  });
});
