import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openBoundedLog } from '../../../quickstart/bounded-log.ts';
import { makeTemporaryDirectory } from '../../support/temporary-directory.ts';

let directory: Awaited<ReturnType<typeof makeTemporaryDirectory>>;
let path: string;

beforeEach(async () => {
  directory = await makeTemporaryDirectory('log');
  path = join(directory.path, 'proxy.log');
});
afterEach(() => directory.remove());

describe('a log', () => {
  it('is kept once when the next run begins', async () => {
    for (const word of ['first', 'second', 'third']) {
      const log = openBoundedLog(path);
      log.writeLine(word);
      log.close();
    }
    expect(await readFile(path, 'utf8')).toBe('third\n');
    expect(await readFile(`${path}.1`, 'utf8')).toBe('second\n');
    expect((await readdir(directory.path)).length).toBe(2);
  });

  it('never takes more than twice its bound, and has the newest lines', async () => {
    const log = openBoundedLog(path, 100);
    for (let number = 0; number < 200; number += 1) {
      log.writeLine(`line ${number}`);
      expect((await stat(path)).size).toBeLessThanOrEqual(100);
    }
    log.close();
    expect(await readFile(path, 'utf8')).toMatch(/line 199\n$/);
    expect((await stat(`${path}.1`)).size).toBeLessThanOrEqual(100);
  });

  it('is read by its owner only', async () => {
    openBoundedLog(path).close();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});
