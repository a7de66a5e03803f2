import { beforeAll, describe, expect, it } from '@jest/globals';
import type { DecisionInput } from '../../core/decision/decision-input.ts';
import { createOpaPolicyEngine } from '../../core/decision/opa-policy-engine.ts';
import { readPolicyBundle, type PolicyBundle } from '../../core/decision/policy-bundle.ts';
import { PolicyEngineError } from '../../core/decision/policy-engine.ts';
import { buildWithOpa } from '../support/opa-bundle.ts';

const INPUT = { action: { name: 'read', count: 2 }, subject: { groups: ['a', 'b'] } } as unknown as DecisionInput;

const FILES = {
  'authz/decision.rego': `package hallpass.authz
decision := {"allow": true, "reason": "role-sufficient", "grants": []} if {
	print("action", input.action.name, input.action, "missing", input.missing)
	some group in input.subject.groups
	print("in", group)
	every n in numbers.range(1, 150) { print("n", n) }
}`,
  'log/log.rego': `package system.log
mask contains "/input/subject/email"
mask contains {"op": "upsert", "path": "/input/action/name", "value": "***"} if input.input.action.name == "write"
drop if input.result.allow == true`,
};

let bundle: PolicyBundle;
beforeAll(async () => {
  const options = { files: FILES, entrypoints: ['system/log/mask', 'system/log/drop'] };
  bundle = await readPolicyBundle(await buildWithOpa({ ...options, print: true }));
});

describe('a policy that prints', () => {
  it('runs, and says for each question what it printed, where that is wanted', async () => {
    const engine = await createOpaPolicyEngine(bundle, { keepsPrinted: true });
    expect(engine.decide(INPUT)).toMatchObject({ allow: true });
    const lines = engine.takePrinted!();
    expect(lines[0]).toBe('action read {"count":2,"name":"read"} missing <undefined>');
    expect(lines).toContain('in a');
    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toMatch(/^\(\d+ more lines\)$/);
    expect(engine.takePrinted!()).toEqual([]);
  });

  it('runs just so where it is not, and nothing is kept', async () => {
    const engine = await createOpaPolicyEngine(bundle);
    expect(engine.decide(INPUT)).toMatchObject({ allow: true });
    expect(engine.takePrinted!()).toEqual([]);
  });
});

describe('rules over decision logs in a bundle', () => {
  it('are those of system.log', async () => {
    const { mask, drop } = (await createOpaPolicyEngine(bundle)).logRules!;
    expect(drop!({ result: { allow: true } })).toBe(true);
    expect(drop!({ result: { allow: false } })).toBeUndefined();
    const rules = mask!({ input: { action: { name: 'write' } } }) as unknown[];
    expect(rules).toHaveLength(2);
    expect(rules).toContainEqual('/input/subject/email');
    expect(rules).toContainEqual({ op: 'upsert', path: '/input/action/name', value: '***' });
  });

  it('are none where the bundle exports none', async () => {
    const plain = await createOpaPolicyEngine(await readPolicyBundle(await buildWithOpa()));
    expect(plain.logRules).toEqual({ mask: null, drop: null });
  });

  it('fail without an effect on decisions', async () => {
    const engine = await createOpaPolicyEngine(bundle);
    const huge = { text: 'x'.repeat(30_000_000) };
    expect(() => engine.logRules!.mask!(huge)).toThrow(PolicyEngineError);
    expect(engine.decide(INPUT)).toMatchObject({ allow: true });
    expect(engine.logRules!.mask!({ input: {} })).toEqual(['/input/subject/email']);
  });
});
