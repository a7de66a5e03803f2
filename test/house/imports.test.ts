import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { cyclesOf, readImportGraph, type Import, type ImportGraph } from './import-graph.ts';
import { IMPORT_RULES, type Manifest } from './import-rules.ts';
import { REPOSITORY, readSourceTree } from './source-tree.ts';

const manifest = readManifest();
const graph = readImportGraph(readSourceTree(), (path) => existsSync(join(REPOSITORY, path)));

describe('imports between the rooms', () => {
  it('are read from all the rooms', () => {
    expect(graph.imports).toContainEqual({
      from: 'core/decision/evaluate.ts',
      to: 'core/feed/facts.ts',
      typeOnly: true,
    });
    expect(graph.files.length).toBeGreaterThan(50);
  });

  it.each(IMPORT_RULES.map((rule) => [rule.name, rule] as const))('%s', (_, rule) => {
    expect(rule.violations(graph, manifest)).toEqual([]);
  });
});

/** Each rule beside an import that breaks it: proof that the rule can fail. */
const BREACHES: Record<string, Partial<Import>[]> = {
  'core/access imports nothing but the validator': [
    { from: 'core/access/role.ts', to: 'npm:pino' },
    { from: 'core/access/role.ts', to: 'node:crypto' },
    { from: 'core/access/role.ts', to: 'core/feed/facts.ts', typeOnly: true },
  ],
  'core/feed imports core/access, the validator and what does no input or output': [
    { from: 'core/feed/facts.ts', to: 'core/decision/decision.ts' },
    { from: 'core/feed/facts.ts', to: 'node:fs' },
  ],
  'core/decision imports core/access, core/feed and packages that do no input or output': [
    { from: 'core/decision/evaluate.ts', to: 'node:fs/promises' },
    { from: 'core/decision/evaluate.ts', to: 'node:http' },
    { from: 'core/decision/evaluate.ts', to: 'npm:undici' },
    { from: 'core/decision/evaluate.ts', to: 'core/process/clock.ts' },
  ],
  'core/authzen imports the rest of core': [{ from: 'core/authzen/endpoint.ts', to: 'proxy/config.ts' }],
  'core/process imports no other room': [{ from: 'core/process/clock.ts', to: 'core/access/role.ts' }],
  'the proxy imports core only': [{ from: 'proxy/config.ts', to: 'admin-api/config.ts', typeOnly: true }],
  'the admin API imports core and migrations only': [{ from: 'admin-api/config.ts', to: 'proxy/config.ts' }],
  'policies imports core only': [{ from: 'policies/build.ts', to: 'proxy/config.ts' }],
  'the console imports core/access only': [
    { from: 'console/src/app.tsx', to: 'core/decision/decision.ts' },
    { from: 'console/src/app.tsx', to: 'admin-api/config.ts', typeOnly: true },
  ],
  'the command line imports core/access only': [
    { from: 'cli/run-cli.ts', to: 'core/decision/decision.ts' },
    { from: 'cli/run-cli.ts', to: 'admin-api/config.ts', typeOnly: true },
  ],
  'the quickstart imports neither tests nor the console': [
    { from: 'quickstart/main.ts', to: 'test/support/test-database.ts' },
    { from: 'quickstart/main.ts', to: 'console/src/app.tsx' },
  ],
  'a migration imports nothing': [
    { from: 'migrations/0001-people.ts', to: 'core/access/role.ts' },
    { from: 'migrations/0001-people.ts', to: 'npm:knex', typeOnly: false },
    { from: 'migrations/0002-more.ts', to: 'migrations/0001-people.ts' },
  ],
  'only admin-api/db and admin-api roots know the migrations': [
    { from: 'admin-api/people/find-person.ts', to: 'migrations/0001-people.ts' },
  ],
  'features of the admin API meet only in a root': [
    { from: 'admin-api/reviews/approve.ts', to: 'admin-api/grants/create-grant.ts' },
    { from: 'admin-api/reviews/approve.ts', to: 'admin-api/create-parts.ts', typeOnly: true },
    { from: 'admin-api/http/authenticate.ts', to: 'admin-api/people/find-person.ts' },
    { from: 'admin-api/db/transaction.ts', to: 'admin-api/audit/append.ts' },
  ],
  'nothing imports test/': [{ from: 'core/access/role.ts', to: 'test/support/wait-for.ts' }],
  'nothing but the quickstart and tests imports the quickstart': [
    { from: 'admin-api/create-app.ts', to: 'quickstart/demo-people.ts' },
  ],
  'roots are started, not imported': [{ from: 'admin-api/worker.ts', to: 'admin-api/main.ts' }],
  'every import leads somewhere': [{ from: 'core/access/role.ts', to: 'missing:./gone.ts' }],
  'what runs in production imports only declared dependencies': [
    { from: 'proxy/main.ts', to: 'npm:supertest' },
    { from: 'proxy/main.ts', to: 'npm:left-pad', typeOnly: true },
    { from: 'test/unit/x.test.ts', to: 'npm:left-pad' },
  ],
  'no cycles': [],
};

describe('each import rule', () => {
  it('has a breach to prove it', () => {
    expect(Object.keys(BREACHES).toSorted()).toEqual(IMPORT_RULES.map((rule) => rule.name).toSorted());
  });

  const cases = Object.entries(BREACHES).flatMap(([name, edges]) => edges.map((edge) => [name, edge] as const));
  it.each(cases)('%s: refuses %j', (name, edge) => {
    const rule = IMPORT_RULES.find((candidate) => candidate.name === name)!;
    const doctored: ImportGraph = { files: [], imports: [{ from: '', to: '', typeOnly: false, ...edge }] };
    expect(rule.violations(doctored, manifest)).toEqual([`${edge.from} -> ${edge.to}`]);
  });

  it.each([
    ['two files', { a: ['b'], b: ['a'] }, [['a', 'b']]],
    ['a file and itself', { a: ['a'] }, [['a']]],
    ['a ring behind a path', { a: ['b'], b: ['c'], c: ['d'], d: ['b'] }, [['b', 'c', 'd']]],
    [
      'two rings that touch nobody',
      { a: ['b'], b: ['a'], c: ['d'], d: ['c'] },
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['no ring in a diamond', { a: ['b', 'c'], b: ['d'], c: ['d'] }, []],
  ])('cycles: %s', (_, edges, expected) => {
    const imports = Object.entries(edges as Record<string, string[]>).flatMap(([from, tos]) =>
      tos.map((to) => ({ from, to, typeOnly: true })),
    );
    expect(cyclesOf({ files: Object.keys(edges), imports }).map((ring) => ring.toSorted())).toEqual(expected);
  });
});

describe('the reader of imports', () => {
  it('sees every way to import, and which ones are erased', () => {
    const text = [
      `import { a } from './a.ts';`,
      `import type { B } from './b.ts';`,
      `import { type C } from './c.ts';`,
      `import d, { type D } from 'd/sub/path';`,
      `import '@scope/e/style.css';`,
      `export * from './f.ts';`,
      `export type { G } from './g.ts';`,
      `const h = await import('node:fs');`,
      `type I = import('./i.ts').I;`,
      `// import './comment.ts'`,
      `const text = "import './string.ts'";`,
    ].join('\n');
    const known = new Set(['a', 'b', 'c', 'f', 'g'].map((name) => `x/${name}.ts`));
    const { imports } = readImportGraph([{ path: 'x/file.ts', text }], (path) => known.has(path));
    expect(imports.map(({ to, typeOnly }) => `${to}${typeOnly ? ' (type)' : ''}`)).toEqual([
      'x/a.ts',
      'x/b.ts (type)',
      'x/c.ts (type)',
      'npm:d',
      'npm:@scope/e',
      'x/f.ts',
      'x/g.ts (type)',
      'node:fs',
      'missing:./i.ts (type)',
    ]);
  });
});

function readManifest(): Manifest {
  const json = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  return {
    dependencies: new Set(Object.keys({ ...json['dependencies'], ...json['optionalDependencies'] })),
    devDependencies: new Set(Object.keys(json['devDependencies'] ?? {})),
  };
}
