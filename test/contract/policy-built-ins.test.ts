import { createRequire } from 'node:module';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { HOST_BUILTINS } from '../../core/decision/opa-policy-engine.ts';

it('counts on exactly the built-ins that opa-wasm implements', () => {
  const require = createRequire(import.meta.url);
  const library = path.dirname(require.resolve('@open-policy-agent/opa-wasm'));
  const implemented = require(path.join(library, 'builtins', 'index.js')) as object;
  expect([...HOST_BUILTINS].toSorted()).toEqual(Object.keys(implemented).toSorted());
});
