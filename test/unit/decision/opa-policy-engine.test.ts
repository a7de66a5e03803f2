import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { DecisionInput } from '../../../core/decision/decision-input.ts';
import { createOpaPolicyEngine } from '../../../core/decision/opa-policy-engine.ts';
import { readPolicyBundle, type PolicyBundle } from '../../../core/decision/policy-bundle.ts';
import { PolicyEngineError } from '../../../core/decision/policy-engine.ts';

const BUNDLE = new URL('../../../policies/bundle/policy.tar.gz', import.meta.url);

const INPUT: DecisionInput = {
  subject: { id: 'per_1', email: 'member@example.com', role: 'member', groups: [], attributes: {} },
  resource: {
    type: 'connection',
    id: 'aws-production',
    environment: 'production',
    connections: [],
    minimum_role: 'viewer',
    attributes: {},
  },
  action: { name: 'read', method: 'GET' },
  context: { path: '/', host: 'proxy.example.com', source_ip: '192.0.2.1', time: '2026-06-01T00:00:00.000Z' },
  scopes: [],
  grants: [{ id: 'grt_1', kind: 'resource', scope_id: null, role: null, expires_at: null }],
};
const ALLOWED = { allow: true, reason: 'granted-resource', grants: ['grt_1'], obligations: {} };

let bundle: PolicyBundle;
beforeAll(async () => {
  bundle = await readPolicyBundle(await readFile(BUNDLE));
});

function withPath(path: string): DecisionInput {
  return { ...INPUT, context: { ...INPUT.context, path } };
}

/** The committed module with every occurrence of a name in it replaced by another of the same length. */
function patched(name: string, other: string): PolicyBundle {
  expect(other).toHaveLength(name.length);
  const bytes = Buffer.from(bundle.wasm);
  let found = 0;
  for (let at = bytes.indexOf(name); at !== -1; at = bytes.indexOf(name, at + 1), found += 1) bytes.write(other, at);
  expect(found).toBeGreaterThan(0);
  return { ...bundle, wasm: bytes };
}

async function loadError(broken: PolicyBundle): Promise<string> {
  const error: unknown = await createOpaPolicyEngine(broken).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(PolicyEngineError);
  return (error as Error).message;
}

function thrownBy(run: () => unknown): PolicyEngineError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(PolicyEngineError);
    return error as PolicyEngineError;
  }
  throw new Error('nothing was thrown');
}

describe('a policy that runs', () => {
  it('answers both entrypoints and carries the revision', async () => {
    const engine = await createOpaPolicyEngine(bundle);
    expect(engine.revision).toBe(bundle.revision);
    expect(engine.decide(INPUT)).toEqual(ALLOWED);
    expect(engine.request({} as never)).toMatchObject({ requestable: false });
  });

  it('answers undefined where the rule is undefined', async () => {
    const engine = await createOpaPolicyEngine(bundle);
    expect(engine.decide({} as never)).toBeUndefined();
  });

  it('reads the tables of the bundle', async () => {
    const data = structuredClone(bundle.data) as { hallpass: { settings: { action_roles: Record<string, string> } } };
    data.hallpass.settings.action_roles['read'] = 'admin';
    const engine = await createOpaPolicyEngine({ ...bundle, data });
    expect(engine.decide(INPUT)).toMatchObject({ allow: false, reason: 'action-not-permitted' });
  });

  it('takes text of any script, and lets nothing of one question into the next', async () => {
    const engine = await createOpaPolicyEngine(bundle);
    for (let length = 0; length < 2_000; length += 7) {
      expect(engine.decide(withPath('/é漢😀\u0000"\\'.repeat(length)))).toEqual(ALLOWED);
      expect(engine.decide({ ...INPUT, grants: [] })).toMatchObject({ allow: false, reason: 'no-grant' });
    }
  });
});

describe('a policy that fails while it runs', () => {
  const nested: unknown = JSON.parse('['.repeat(5_000) + ']'.repeat(5_000));
  const failing: [string, DecisionInput][] = [
    ['half a surrogate pair, which OPA reads no JSON with', withPath('secret-\ud800')],
    ['nesting deeper than the stack', { ...INPUT, context: { ...INPUT.context, secret: nested } }],
    ['more than the memory it may take', withPath('secret-'.repeat(1_000_000))],
  ];

  it.each(failing)('throws one kind of error, without the input: %s', async (_name, input) => {
    const engine = await createOpaPolicyEngine(bundle, { maxMemoryBytes: 4 * 1024 * 1024 });
    const { message } = thrownBy(() => engine.decide(input));
    expect(message).toMatch(/^The policy failed at hallpass\/authz\/decision: /);
    expect(message).not.toContain('secret');
  });

  it.each(failing)('answers the next question as if nothing had been: %s', async (_name, input) => {
    const engine = await createOpaPolicyEngine(bundle, { maxMemoryBytes: 4 * 1024 * 1024 });
    for (let round = 0; round < 20; round += 1) {
      thrownBy(() => engine.decide(input));
      expect(engine.decide(INPUT)).toEqual(ALLOWED);
      expect(engine.decide({ ...INPUT, grants: [] })).toMatchObject({ reason: 'no-grant' });
    }
  });
});

describe('a bundle that can not run', () => {
  it('refuses a policy without an entrypoint, by name', async () => {
    const name = 'hallpass/request/decision';
    expect(await loadError(patched(name, 'hallpass/request/decisions'.slice(1)))).toContain(name);
  });

  it('refuses built-ins that are not there, by name', async () => {
    expect(await loadError(patched('sprintf', 'sprintg'))).toMatch(/built-ins .* not available here: sprintg/);
  });

  it('refuses what is no WebAssembly', async () => {
    expect(await loadError({ ...bundle, wasm: Buffer.from('no module') })).toMatch(/no WebAssembly module/);
    expect(await loadError({ ...bundle, wasm: bundle.wasm.subarray(0, 10_000) })).toMatch(/no WebAssembly module/);
  });

  it('refuses a module that OPA did not make', async () => {
    expect(await loadError({ ...bundle, wasm: Buffer.from('\0asm\u0001\0\0\0', 'latin1') })).toMatch(
      /not compiled by OPA/,
    );
  });

  it('refuses a module that prints past the log', async () => {
    const wasm = Buffer.from(
      '\0asm\u0001\0\0\0\u0001\u0005\u0001`\u0001\u007f\0\u0002\u0013\u0001\u0003env\u000bopa_println\0\0',
      'latin1',
    );
    expect(await loadError({ ...bundle, wasm })).toMatch(/prints/);
  });

  it('refuses tables that do not fit into the memory it may take', async () => {
    const data = { ...bundle.data, table: Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`k${n}`, n])) };
    const error: unknown = await createOpaPolicyEngine({ ...bundle, data }, { maxMemoryBytes: 2 * 1024 * 1024 }).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(PolicyEngineError);
  });
});
