import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { POLICIES_DIR, SOURCE_DIRS, TABLES } from '../../policies/compile-policies.ts';
import { findOpa } from '../../policies/find-opa.ts';

const run = promisify(execFile);

/**
 * What `opa eval` answers to each input; a hole where the rule is undefined. The interpreter is another implementation of
 * the language than the compiler: where the two disagree, one is wrong.
 * @param rule `hallpass.authz.decision`
 * @param more sources besides the default policy, relative to `policies/`
 */
export async function interpretPolicy(
  rule: string,
  inputs: readonly unknown[],
  more: readonly string[] = [],
): Promise<Map<number, unknown>> {
  const directory = await mkdtemp(join(tmpdir(), 'hallpass-differential-'));
  try {
    const file = join(directory, 'input.json');
    await writeFile(file, JSON.stringify({ inputs }));
    const query = `{index: answer | some index, one in input.inputs; answer := data.${rule} with input as one}`;
    const sources = [...SOURCE_DIRS, TABLES, ...more].flatMap((source) => ['-d', source]);
    const args = ['eval', '--format=json', ...sources, '-i', file, query];
    const options = { cwd: POLICIES_DIR, maxBuffer: 256 * 1024 * 1024 };
    const { stdout } = await run(await findOpa(process.env, () => {}), args, options);
    const value = (JSON.parse(stdout) as { result: [{ expressions: [{ value: Record<string, unknown> }] }] }).result[0]
      .expressions[0].value;
    return new Map(Object.entries(value).map(([index, answer]) => [Number(index), answer]));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** An answer as text that does not depend on the order of members, about which JSON says nothing; `null` for none. */
export function answerText(answer: unknown): string {
  return JSON.stringify(sorted(answer));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}
