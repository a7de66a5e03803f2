import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { readPolicyBundle } from '../../core/decision/policy-bundle.ts';
import { BUNDLE_PATH, sourceRevision } from '../../policies/compile-policies.ts';

it('commits the bundle of the sources beside it (npm run policies:build)', async () => {
  const { revision } = await readPolicyBundle(await readFile(BUNDLE_PATH));
  expect(revision).toBe(await sourceRevision());
});
