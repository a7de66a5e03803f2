import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireOwnerLock, AlreadyOwnedError } from '../../../quickstart/owner-lock.ts';
import { makeTemporaryDirectory } from '../../support/temporary-directory.ts';

let directory: Awaited<ReturnType<typeof makeTemporaryDirectory>>;

beforeEach(async () => {
  directory = await makeTemporaryDirectory('lock');
});
afterEach(() => directory.remove());

function leaveOwner(owner: object): Promise<void> {
  return writeFile(join(directory.path, 'owner-7.json'), JSON.stringify(owner));
}

describe('the owner lock', () => {
  it('is had by one, and can be had again after it was released', async () => {
    const first = await acquireOwnerLock(directory.path);
    expect(first.adopted).toBe(false);
    await expect(acquireOwnerLock(directory.path)).rejects.toThrow(AlreadyOwnedError);
    await first.release();
    const second = await acquireOwnerLock(directory.path);
    expect(second.adopted).toBe(false);
    await second.release();
    expect(await readdir(directory.path)).toEqual(['owner-2.json']);
  });

  it('is adopted from a dead process', async () => {
    // Above the largest pid Linux gives out (2^22), so nobody's.
    await leaveOwner({ pid: 4_999_999, started: 'long ago' });
    expect((await acquireOwnerLock(directory.path)).adopted).toBe(true);
  });

  it('is adopted when the pid lives on as another process', async () => {
    await leaveOwner({ pid: process.ppid, started: 'another boot:1' });
    expect((await acquireOwnerLock(directory.path)).adopted).toBe(true);
  });

  it('is adopted from a file that makes no sense', async () => {
    await writeFile(join(directory.path, 'owner-7.json'), '{"pid":');
    expect((await acquireOwnerLock(directory.path)).adopted).toBe(true);
  });

  it('is adopted by exactly one of many who come at once', async () => {
    await leaveOwner({ pid: 4_999_999, started: 'long ago' });
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => acquireOwnerLock(directory.path)));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    expect(await readdir(directory.path)).toEqual(['owner-8.json']);
    await expect(acquireOwnerLock(directory.path)).rejects.toThrow(AlreadyOwnedError);
  });
});
