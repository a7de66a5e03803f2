import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { ALLOW_REASONS, POLICY_DENY_REASONS } from '../../core/access/reason-code.ts';
import { ROLES } from '../../core/access/role.ts';

const LIB = new URL('../../policies/lib/', import.meta.url);

async function readLib(name: string): Promise<string> {
  return (await readFile(new URL(name, LIB), 'utf8')).replaceAll(/^#.*$/gm, '');
}

/** The codes a set of reasons.rego stands for, by way of the constants it names. */
function codesOf(rego: string, set: string): (string | undefined)[] {
  const constants = new Map([...rego.matchAll(/^(\w+) := "([^"]+)"$/gm)].map(([, name, code]) => [name, code]));
  const members = new RegExp(`^${set} := \\{([^}]+)\\}$`, 'm').exec(rego)?.[1] ?? '';
  return members.split(',').map((name) => constants.get(name.trim()));
}

it('gives in Rego exactly the reasons to allow that the engine believes', async () => {
  expect(codesOf(await readLib('reasons.rego'), 'allow').toSorted()).toEqual([...ALLOW_REASONS].toSorted());
});

it("gives in Rego exactly the reasons to deny that are a policy's own", async () => {
  expect(codesOf(await readLib('reasons.rego'), 'deny').toSorted()).toEqual([...POLICY_DENY_REASONS].toSorted());
});

it('ranks the roles in Rego as the core does', async () => {
  const rank = /^rank := (\{[^}]+\})$/m.exec(await readLib('roles.rego'))?.[1] ?? '{}';
  const ranked = Object.entries(JSON.parse(rank) as Record<string, number>);
  expect(ranked.toSorted(([, a], [, b]) => a - b).map(([role]) => role)).toEqual([...ROLES]);
});
