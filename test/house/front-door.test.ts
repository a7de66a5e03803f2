import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { mentionsOf } from './front-door.ts';
import { REPOSITORY, ROOMS } from './source-tree.ts';

const read = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8');
const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts);

describe.each(['README.md', 'CONTRIBUTING.md', 'docs/laws.md', 'docs/operations.md'])('%s', (document) => {
  it('names only paths that exist', () => {
    const { paths } = mentionsOf(read(document));
    expect(paths.filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
  });

  it('names only npm scripts that exist', () => {
    expect(mentionsOf(read(document)).scripts.filter((script) => !scripts.includes(script))).toEqual([]);
  });
});

describe('README.md', () => {
  it('has every room on its map', () => {
    const { paths } = mentionsOf(read('README.md'));
    expect(ROOMS.filter((room) => !paths.some((path) => path.startsWith(`${room}/`)))).toEqual([]);
  });

  it('has a line for every dependency', () => {
    const manifest = JSON.parse(read('package.json')) as { dependencies: object };
    const readme = read('README.md');
    expect(Object.keys(manifest.dependencies).filter((name) => !readme.includes(name))).toEqual([]);
  });
});

describe('package.json', () => {
  it('has scripts that run files which exist', () => {
    const text = read('package.json');
    const files = [...text.matchAll(/node ([\w/-]+\.ts)/g)].map(([, path]) => path!);
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
  });
});

describe('migrations', () => {
  it('are numbered without a gap or a double, one change each', () => {
    const numbers = readdirSync(join(REPOSITORY, 'migrations')).map((name) =>
      Number(/^(\d{4})-[a-z-]+\.ts$/.exec(name)?.[1]),
    );
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });
});

describe('the reader of mentions', () => {
  it('tells paths and scripts from URLs and words', () => {
    const text = [
      '`core/access/role.ts` and [the proxy](proxy/gate/authorize.ts).',
      'See test/bench/. Run `npm run policies:build`; https://example.com/core/nothing and and/or.',
      'curl localhost:4000/proxy/x ?to=proxy/y and `proxy/`',
    ].join('\n');
    expect(mentionsOf(text)).toEqual({
      paths: ['core/access/role.ts', 'proxy/gate/authorize.ts', 'test/bench/', 'proxy/'],
      scripts: ['policies:build'],
    });
  });
});
