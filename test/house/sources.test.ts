import { describe, expect, it } from '@jest/globals';
import { readSourceTree } from './source-tree.ts';
import { LONG_FILE_LINES, linesOf, MAX_FILE_LINES, MAX_FUNCTION_LINES, SOURCE_RULES } from './source-rules.ts';

const files = readSourceTree();

describe('sources', () => {
  it('are all read', () => {
    const paths = files.map((file) => file.path);
    expect(paths).toContain('core/access/role.ts');
    expect(paths).toContain('test/house/sources.test.ts');
    expect(paths.every((path) => !path.includes('node_modules'))).toBe(true);
  });

  it.each(SOURCE_RULES.map((rule) => [rule.name, rule] as const))('%s', (_, rule) => {
    expect(files.flatMap((file) => rule.violations(file))).toEqual([]);
  });

  it('that grow long are listed here', () => {
    const long = files.filter((file) => linesOf(file) > LONG_FILE_LINES);
    if (long.length > 0) {
      console.warn(
        `Split these before they pass ${MAX_FILE_LINES} lines:\n${long.map((file) => `${linesOf(file)} ${file.path}`).join('\n')}`,
      );
    }
    expect(long.length).toBeLessThan(files.length / 10);
  });
});

const lines = (count: number, line: string): string => `${line}\n`.repeat(count);

/** Rule, path, text, what it says; an empty list shows where the rule must stay silent. */
const CASES: [rule: string, path: string, text: string, violations: string[]][] = [
  ['no default exports', 'core/x.ts', 'const a = 1;\nexport default a;', ['core/x.ts:2 default export']],
  ['no default exports', 'core/x.ts', 'const a = 1;\nexport { a as default };', ['core/x.ts:2 default export']],
  ['no default exports', 'console/vite.config.ts', 'export default {};', []],
  ['no barrels', 'core/all.ts', `export * from './a.ts';\nexport { b } from './b.ts';`, ['core/all.ts only hands on']],
  ['no barrels', 'core/access/index.ts', 'export const a = 1;', ['core/access/index.ts only hands on']],
  ['no barrels', 'core/a.ts', `export type { A } from './b.ts';\nexport const a = 1;`, []],
  [`no file above ${MAX_FILE_LINES} lines`, 'core/x.ts', lines(301, '//'), ['core/x.ts has 301 lines']],
  [`no file above ${MAX_FILE_LINES} lines`, 'core/x.ts', lines(300, '//'), []],
  [
    `no function above ${MAX_FUNCTION_LINES} lines`,
    'proxy/x.ts',
    `const f = () => {\n${lines(MAX_FUNCTION_LINES - 1, '  a();')}};`,
    [`proxy/x.ts:1 function of ${MAX_FUNCTION_LINES + 1} lines`],
  ],
  [
    `no function above ${MAX_FUNCTION_LINES} lines`,
    'proxy/x.ts',
    `const f = () => {\n${lines(MAX_FUNCTION_LINES - 2, '  a();')}};`,
    [],
  ],
  ['the environment is read', 'proxy/config.ts', 'export const a = process.env.A;', ['proxy/config.ts:1 process.env']],
  ['the environment is read', 'proxy/config.ts', `process.exit(1);`, ['proxy/config.ts:1 process.exit']],
  ['the environment is read', 'proxy/a.ts', `import { env } from 'node:process';`, ['proxy/a.ts:1 import of env']],
  ['the environment is read', 'proxy/main.ts', 'export const a = process.env.A;', []],
  ['pure rooms', 'core/access/a.ts', 'const a = Date.now();', ['core/access/a.ts:1 Date.now()']],
  ['pure rooms', 'core/feed/a.ts', 'const a = new Date();', ['core/feed/a.ts:1 new Date()']],
  ['pure rooms', 'core/feed/a.ts', 'const a = new Date(nowMs);', []],
  ['pure rooms', 'core/decision/a.ts', 'const a = Math.random();', ['core/decision/a.ts:1 Math.random()']],
  ['pure rooms', 'core/decision/a.ts', 'setTimeout(f, 1);', ['core/decision/a.ts:1 setTimeout()']],
  ['pure rooms', 'core/decision/a.ts', `process.on('exit', f);`, ['core/decision/a.ts:1 process']],
  ['pure rooms', 'core/decision/a.ts', 'crypto.randomUUID();', ['core/decision/a.ts:1 crypto.randomUUID()']],
  ['pure rooms', 'core/process/clock.ts', 'const a = Date.now();', []],
  ['no test is', 'test/unit/a.test.ts', `it.only('x', f);`, ['test/unit/a.test.ts:1 it.only']],
  ['no test is', 'test/unit/a.test.ts', `describe.each.skip('x', f);`, ['test/unit/a.test.ts:1 describe.each.skip']],
  ['no test is', 'test/unit/a.test.ts', `xit('x', f);`, ['test/unit/a.test.ts:1 xit']],
  ['no test is', 'test/unit/a.test.ts', `const maybe = have ? it : it.skip;`, ['test/unit/a.test.ts:1 it.skip']],
  ['no test is', 'test/unit/a.test.ts', `it('says it.only to nobody', f); skip.it(a);`, []],
];

describe('each source rule', () => {
  it('has a case that breaks it', () => {
    const broken = CASES.filter(([, , , violations]) => violations.length > 0).map(([rule]) => rule);
    for (const { name } of SOURCE_RULES)
      expect([name, broken.some((rule) => name.startsWith(rule))]).toEqual([name, true]);
  });

  it.each(CASES)('%s: %s %j', (ruleName, path, text, violations) => {
    const rule = SOURCE_RULES.find(({ name }) => name.startsWith(ruleName))!;
    expect(rule.violations({ path, text })).toEqual(
      violations.map((start) => expect.stringMatching(`^${escape(start)}`)),
    );
  });
});

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
