import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { DecisionInput } from '../../core/decision/decision-input.ts';
import { createOpaPolicyEngine } from '../../core/decision/opa-policy-engine.ts';
import { readPolicyBundle } from '../../core/decision/policy-bundle.ts';
import type { PolicyEngine } from '../../core/decision/policy-engine.ts';
import type { RequestInput } from '../../core/decision/request-input.ts';
import { POLICIES_DIR } from '../../policies/compile-policies.ts';
import { findOpa } from '../../policies/find-opa.ts';
import { answerText, interpretPolicy } from '../support/interpret-policy.ts';
import { buildWithOpa } from '../support/opa-bundle.ts';
import { decisionInputs, requestInputs } from '../support/policy-inputs.ts';

const RUNS = 3_000;
const EXAMPLE_RUNS = 1_000;
/** Tables that the examples read, besides the default ones. */
const TABLES = join('..', 'test', 'contract', 'example-tables.json');

type Rule = 'hallpass.authz.decision' | 'hallpass.request.decision';

/** Random inputs on which the module and `opa eval` on its sources differ, and how many answers there were. */
async function differences(rule: Rule, engine: PolicyEngine, runs: number, more: readonly string[] = []) {
  const seed = Date.now();
  const arbitrary: fc.Arbitrary<unknown> = rule === 'hallpass.authz.decision' ? decisionInputs : requestInputs;
  const inputs = fc.sample(arbitrary, { numRuns: runs, seed });
  const interpreted = await interpretPolicy(rule, inputs, more);
  const found = inputs.flatMap((input, index) => {
    const compiled =
      rule === 'hallpass.authz.decision'
        ? engine.decide(input as DecisionInput)
        : engine.request(input as RequestInput);
    const expected = interpreted.get(index);
    return answerText(compiled) === answerText(expected) ? [] : [{ seed, input, compiled, expected }];
  });
  const answers = new Set(inputs.map((_, index) => answerText(interpreted.get(index))));
  return { found: found.slice(0, 3), answers };
}

describe('the compiled policy and `opa eval` on the sources', () => {
  it.each(['hallpass.authz.decision', 'hallpass.request.decision'] as const)(
    `%s: the same answer to ${RUNS} random inputs`,
    async (rule) => {
      const bundle = await readPolicyBundle(await readFile(join(POLICIES_DIR, 'bundle/policy.tar.gz')));
      const { found, answers } = await differences(rule, await createOpaPolicyEngine(bundle), RUNS);
      expect(found).toEqual([]);
      // A generator that met only one kind of answer would show nothing.
      expect(answers.size).toBeGreaterThan(10);
    },
    120_000,
  );
});

type Tables = { hallpass: { settings: object } };

async function mergedTables(): Promise<string> {
  const read = async (name: string) => JSON.parse(await readFile(join(POLICIES_DIR, name), 'utf8')) as Tables;
  const [own, more] = [await read('data.json'), await read(TABLES)];
  return JSON.stringify({ hallpass: { settings: { ...own.hallpass.settings, ...more.hallpass.settings } } });
}

describe('the examples in policies/examples', () => {
  const examples = async () => (await readdir(join(POLICIES_DIR, 'examples'))).filter((name) => name.endsWith('.rego'));

  it('are formatted and pass the strict check beside the default policy', async () => {
    const opa = await findOpa(process.env, () => {});
    const run = promisify(execFile);
    const options = { cwd: POLICIES_DIR };
    expect((await run(opa, ['fmt', '--list', 'examples'], options)).stdout).toBe('');
    await run(opa, ['check', '--strict', 'authz', 'request', 'lib', 'data.json', 'examples'], options);
  });

  it(`answer ${EXAMPLE_RUNS} random inputs each, compiled, as \`opa eval\` does`, async () => {
    const tables = await mergedTables();
    const names = (await examples()).filter((name) => name !== 'log.rego');
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) {
      const text = await readFile(join(POLICIES_DIR, 'examples', name), 'utf8');
      const rule: Rule = text.includes('package hallpass.authz')
        ? 'hallpass.authz.decision'
        : 'hallpass.request.decision';
      const files = { [`examples/${name}`]: text, 'data.json': tables };
      const engine = await createOpaPolicyEngine(await readPolicyBundle(await buildWithOpa({ files })));
      const own = join('examples', name);
      const { found, answers } = await differences(rule, engine, EXAMPLE_RUNS, [own, TABLES]);
      expect([name, found]).toEqual([name, []]);
      expect(answers.size).toBeGreaterThan(5);
    }
  }, 180_000);
});
