import { describe, expect, it } from '@jest/globals';
import { calculateJwkThumbprint, createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify, type JWK } from 'jose';
import { subjectSchema } from '../../../core/access/subject.ts';
import { AssertionKeys } from '../../../proxy/identity/assertion-keys.ts';
import { Assertions, type AssertedRequest } from '../../../proxy/identity/assertions.ts';

const NOW = 1_800_000_000_000;
const subject = subjectSchema.parse({ id: 'per_1', sub: 's', email: 'a@example.com', name: 'A', role: 'member' });
const asked: AssertedRequest = {
  subject,
  role: 'member',
  audience: 'connection:x',
  resource: 'connection:x',
  endsAt: null,
  nowMs: NOW,
};

describe('an assertion', () => {
  const keys = new AssertionKeys(86_400_000);
  const make = (remembered = 100) =>
    new Assertions({ keys, issuer: 'https://proxy.example.com', lifetimeMs: 60_000, remembered });
  const verify = (token: string, nowMs = NOW) =>
    jwtVerify(token, createLocalJWKSet({ keys: keys.published as JWK[] }), {
      issuer: 'https://proxy.example.com',
      audience: 'connection:x',
      algorithms: ['ES256'],
      currentDate: new Date(nowMs),
    });

  it('says who, to whom, where and until when, and nothing else', async () => {
    const { token } = make().assert(asked);
    const { payload, protectedHeader } = await verify(token);
    expect(payload).toEqual({
      iss: 'https://proxy.example.com',
      sub: 'per_1',
      aud: 'connection:x',
      iat: NOW / 1000,
      exp: NOW / 1000 + 60,
      email: 'a@example.com',
      role: 'member',
      resource: 'connection:x',
    });
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'JWT', kid: keys.current.kid });
    await expect(verify(token, NOW + 60_000)).rejects.toThrow(/exp/);
  });

  it('never lasts longer than the first end of what carries the request', () => {
    const ends = (endsAt: number) => decodeJwt(make().assert({ ...asked, endsAt }).token).exp;
    expect(ends(NOW + 10_999)).toBe(NOW / 1000 + 10);
    expect(ends(NOW + 999)).toBe(NOW / 1000);
    expect(ends(NOW + 600_000)).toBe(NOW / 1000 + 60);
  });

  it('serves for half of its time, and never past that end', () => {
    const assertions = make();
    const first = assertions.assert(asked);
    expect(assertions.assert({ ...asked, nowMs: NOW + 29_999 })).toBe(first);
    expect(assertions.assert({ ...asked, nowMs: NOW + 30_000 })).not.toBe(first);
    const endsAt = NOW + 5_000;
    const short = assertions.assert({ ...asked, endsAt, nowMs: NOW });
    expect(assertions.assert({ ...asked, endsAt, nowMs: NOW + 4_999 })).toBe(short);
    expect(assertions.assert({ ...asked, endsAt: null, nowMs: NOW + 5_000 })).not.toBe(short);
    expect([first.untilMs, short.untilMs]).toEqual([NOW + 30_000, NOW + 5_000]);
  });

  it.each<[string, Partial<AssertedRequest>]>([
    ['role', { role: 'admin' }],
    ['end', { endsAt: NOW + 40_000 }],
    ['email', { subject: { ...subject, email: 'b@example.com' } }],
    ['person', { subject: { ...subject, id: 'per_2' } }],
    ['audience', { audience: 'http://upstream' }],
    ['resource', { resource: 'connection:y' }],
  ])('is made anew for another %s', (_name, changes) => {
    const assertions = make();
    const first = assertions.assert(asked);
    const second = assertions.assert({ ...asked, ...changes });
    expect(second).not.toBe(first);
    const claims = decodeJwt(second.token);
    const { role = 'member', subject: other = subject, audience = 'connection:x', resource = 'connection:x' } = changes;
    expect(claims).toMatchObject({ role, sub: other.id, email: other.email, aud: audience, resource });
  });

  it('is remembered up to a bound', () => {
    const assertions = make(10);
    for (let index = 0; index < 100; index += 1) {
      assertions.assert({ ...asked, subject: { ...subject, id: `per_${index}` } });
      expect(assertions.remembered).toBeLessThanOrEqual(10);
    }
  });
});

describe('the keys of assertions', () => {
  it('are published before they sign and after they have signed', async () => {
    const keys = new AssertionKeys(1_000);
    const assertions = new Assertions({ keys, issuer: 'i', lifetimeMs: 60_000, remembered: 10 });
    const kids = () => keys.published.map((key) => (key as JWK).kid);
    const seen: string[][] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      const { token } = assertions.assert({ ...asked, nowMs: NOW + turn * 60_000 });
      expect(decodeProtectedHeader(token).kid).toBe(keys.current.kid);
      expect(kids()).toContain(keys.current.kid);
      if (turn > 0) expect(seen.at(-1)).toContain(keys.current.kid);
      const before = keys.current.kid;
      seen.push(kids() as string[]);
      keys.rotate();
      expect(kids()).toContain(before);
      expect(kids().length).toBe(3);
    }
  });

  it('are named by what they are, and show no private part', async () => {
    for (const key of new AssertionKeys(1_000).published as JWK[]) {
      expect(key.kid).toBe(await calculateJwkThumbprint(key));
      expect(Object.keys(key).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    }
  });
});
