import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findOpa } from '../../../policies/find-opa.ts';
import { OPA_VERSION } from '../../../policies/opa-version.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'find-opa-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** An executable that says it is `opa` of a version. */
async function opaOf(version: string): Promise<string> {
  const executable = path.join(directory, 'opa');
  await writeFile(executable, `#!/bin/sh\nprintf 'Version: ${version}\\nBuild Commit: x\\n'\n`, { mode: 0o755 });
  return executable;
}

describe('findOpa with HALLPASS_OPA', () => {
  it('takes the named executable of the right version', async () => {
    const executable = await opaOf(OPA_VERSION);
    expect(await findOpa({ HALLPASS_OPA: executable }, () => {})).toBe(executable);
  });

  it('refuses another version, in one line that names both', async () => {
    const executable = await opaOf('0.1.0');
    const error = (await findOpa({ HALLPASS_OPA: executable }, () => {}).catch((thrown: unknown) => thrown)) as Error;
    expect(error.message).toContain('0.1.0');
    expect(error.message).toContain(OPA_VERSION);
    expect(error.message).not.toContain('\n');
  });

  it('refuses what is not there', async () => {
    await expect(findOpa({ HALLPASS_OPA: path.join(directory, 'none') }, () => {})).rejects.toThrow(/not opa/);
  });
});
