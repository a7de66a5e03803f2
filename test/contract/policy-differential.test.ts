import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { MAX_DURATION_SECONDS } from '../../core/access/duration.ts';
import { RESOURCE_TYPES } from '../../core/access/resource.ts';
import { ROLES } from '../../core/access/role.ts';
import type { DecisionInput } from '../../core/decision/decision-input.ts';
import { createOpaPolicyEngine } from '../../core/decision/opa-policy-engine.ts';
import { readPolicyBundle } from '../../core/decision/policy-bundle.ts';
import type { RequestInput } from '../../core/decision/request-input.ts';
import { findOpa } from '../../policies/find-opa.ts';

const POLICIES = join(import.meta.dirname, '../../policies');
const RUNS = 3_000;
const run = promisify(execFile);

const engine = await createOpaPolicyEngine(
  await readPolicyBundle(await readFile(join(POLICIES, 'bundle/policy.tar.gz'))),
);

const role = fc.constantFrom(...ROLES);
const resourceType = fc.constantFrom(...RESOURCE_TYPES);
/** Few, so that ids meet, and a few that no rule expects. */
const id = fc.constantFrom('aws-production', 'billing-db', 'production', 'staging', 'a', '', 'ä/%\u0000');
const text = fc.oneof(id, fc.string({ maxLength: 12 }));
/** Attributes that rules read, with the values they want and those they must survive. */
const attributes = fc.dictionary(
  fc.constantFrom(
    'locked',
    'approvals_required',
    'max_duration_seconds',
    'auto_approve',
    'break_glass',
    'break_glass_max_seconds',
    'reason_prompt',
    'reason_pattern',
    'reason_example',
    'stages',
    'reviewer_people',
    'reviewer_roles',
    'scope_owners',
    'low_risk',
    'other',
  ),
  fc.oneof(
    fc.constantFrom<unknown>(
      true,
      false,
      null,
      0,
      1,
      2,
      20,
      21,
      1.5,
      60,
      3_600,
      86_400,
      'yes',
      '',
      '^INC-[0-9]+$',
      '[',
      [],
      {},
    ),
    fc.constantFrom<unknown>(
      ['admin', 'owner'],
      ['owner@example.com'],
      [{ name: 'Lead', approvals_required: 1, reviewers: { roles: ['admin'], people: [], scope_owners: false } }],
      [{ name: '', approvals_required: 0 }],
    ),
    fc.jsonValue({ maxDepth: 2 }),
  ),
  { maxKeys: 4 },
);
const time = fc.integer({ min: 0, max: 4_000_000_000_000 });
const person = { id: text, email: text, role, groups: fc.array(text, { maxLength: 2 }), attributes };

const resource = {
  type: resourceType,
  id,
  environment: fc.option(id),
  connections: fc.array(id, { maxLength: 2 }),
  minimum_role: role,
  attributes,
};

const decisionInput = fc.record({
  subject: fc.record(person),
  resource: fc.record(resource),
  action: fc.record({
    name: fc.oneof(fc.constantFrom('read', 'write', 'connect', 'admin'), text),
    method: fc.option(fc.constantFrom('GET', 'POST')),
  }),
  context: fc.record({
    path: fc.option(text),
    host: fc.option(text),
    source_ip: fc.option(fc.ipV4()),
    time: time.map((ms) => new Date(ms).toISOString()),
  }),
  scopes: fc.array(fc.record({ id, name: text }), { maxLength: 3 }),
  grants: fc.array(
    fc.record({
      id: text,
      kind: fc.constantFrom('resource', 'scope', 'role'),
      scope_id: fc.option(id),
      role: fc.option(role),
      expires_at: fc.option(time.map((ms) => new Date(ms).toISOString())),
    }),
    { maxLength: 4 },
  ),
}) as fc.Arbitrary<DecisionInput>;

const requestInput = fc.record({
  requester: fc.record({ ...person, base_role: role }),
  entitlement: fc.oneof(
    fc.record({ kind: fc.constant('resource'), resource: fc.record({ type: resourceType, id }) }),
    fc.record({ kind: fc.constant('scope'), scope_id: id }),
    fc.record({ kind: fc.constant('role'), role }),
  ),
  resource: fc.option(
    fc.record({ ...resource, name: text, description: text, discoverable: fc.constantFrom('full', 'name', 'none') }),
  ),
  scope: fc.option(
    fc.record({
      id,
      name: text,
      description: text,
      rules: fc.array(fc.record({ level: fc.constantFrom('environment', 'connection', 'target'), id }), {
        maxLength: 2,
      }),
    }),
  ),
  duration_seconds: fc.option(
    fc.oneof(fc.constantFrom(1, 60, 3_600, 86_400), fc.integer({ min: 1, max: MAX_DURATION_SECONDS })),
  ),
  starts_at: fc.option(time),
  extension: fc.option(fc.record({ grant_id: text, starts_at: time, expires_at: time })),
  break_glass: fc.boolean(),
  reason: fc.oneof(fc.constantFrom('', '  ', 'INC-42', 'INC-42: invoices'), fc.string({ maxLength: 30 })),
}) as fc.Arbitrary<RequestInput>;

/** What `opa eval` answers to each input; a hole where the rule is undefined. */
async function interpret(rule: string, inputs: readonly unknown[]): Promise<Map<number, unknown>> {
  const directory = await mkdtemp(join(tmpdir(), 'hallpass-differential-'));
  try {
    const file = join(directory, 'input.json');
    await writeFile(file, JSON.stringify({ inputs }));
    const query = `{index: answer | some index, one in input.inputs; answer := data.${rule} with input as one}`;
    const opa = await findOpa(process.env, () => {});
    const args = [
      'eval',
      '--format=json',
      '-d',
      'authz',
      '-d',
      'request',
      '-d',
      'lib',
      '-d',
      'data.json',
      '-i',
      file,
      query,
    ];
    const { stdout } = await run(opa, args, { cwd: POLICIES, maxBuffer: 256 * 1024 * 1024 });
    const value = (JSON.parse(stdout) as { result: [{ expressions: [{ value: Record<string, unknown> }] }] }).result[0]
      .expressions[0].value;
    return new Map(Object.entries(value).map(([index, answer]) => [Number(index), answer]));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

// The interpreter is another implementation of the language than the compiler: where the two disagree, one is wrong.
describe('the compiled policy and `opa eval` on the sources', () => {
  it.each([
    [
      'hallpass.authz.decision',
      decisionInput as fc.Arbitrary<unknown>,
      (input: unknown) => engine.decide(input as DecisionInput),
    ],
    [
      'hallpass.request.decision',
      requestInput as fc.Arbitrary<unknown>,
      (input: unknown) => engine.request(input as RequestInput),
    ],
  ])(
    `%s: the same answer to ${RUNS} random inputs`,
    async (rule, arbitrary, decide) => {
      const seed = Date.now();
      const inputs = fc.sample(arbitrary, { numRuns: RUNS, seed });
      const interpreted = await interpret(rule, inputs);
      const differences = inputs.flatMap((input, index) => {
        const compiled = decide(input);
        const expected = interpreted.get(index);
        return JSON.stringify(sorted(compiled)) === JSON.stringify(sorted(expected))
          ? []
          : [{ seed, input, compiled, expected }];
      });
      expect(differences.slice(0, 3)).toEqual([]);
      // A generator that met only one kind of answer would show nothing.
      expect(new Set(inputs.map((_, index) => JSON.stringify(sorted(interpreted.get(index))))).size).toBeGreaterThan(
        10,
      );
    },
    120_000,
  );
});

/** Objects by their keys: JSON says nothing about the order of members. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}
