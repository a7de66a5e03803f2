import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { createDemoTokens, loadSigningKey } from '../../../quickstart/demo-tokens.ts';
import { makeTemporaryDirectory } from '../../support/temporary-directory.ts';

const ISSUER = 'http://127.0.0.1:4000';
const NOW_MS = Date.UTC(2026, 0, 1);
const MEMBER = { sub: 'demo:member', email: 'member@example.com', name: 'Mia Member' };

let directory: Awaited<ReturnType<typeof makeTemporaryDirectory>>;

beforeEach(async () => {
  directory = await makeTemporaryDirectory('key');
});
afterEach(() => directory.remove());

describe('demo tokens', () => {
  it('are verified with the published keys, also after a restart', async () => {
    const path = join(directory.path, 'key.json');
    const before = await createDemoTokens(await loadSigningKey(path), ISSUER, () => NOW_MS);
    const { token, expires_at } = await before.issue(MEMBER);
    const after = await createDemoTokens(await loadSigningKey(path), ISSUER, () => NOW_MS);

    const { payload } = await jwtVerify(token, createLocalJWKSet({ keys: [...after.jwks.keys] }), {
      issuer: ISSUER,
      audience: 'hallpass',
      algorithms: ['EdDSA'],
      currentDate: new Date(NOW_MS),
    });
    expect(payload).toMatchObject({ sub: MEMBER.sub, email: MEMBER.email });
    expect(new Date(expires_at).getTime()).toBe(payload.exp! * 1000);
  });

  it('publish no secret', async () => {
    const tokens = await createDemoTokens(await loadSigningKey(join(directory.path, 'key.json')), ISSUER, Date.now);
    expect(Object.keys(tokens.jwks.keys[0]!).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  });

  it('keep their key to its owner', async () => {
    const path = join(directory.path, 'key.json');
    await loadSigningKey(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});
