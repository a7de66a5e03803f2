import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readCredentials, type CredentialPlaces } from '../../../proxy/identity/read-credentials.ts';
import { canonicalName } from '../../../proxy/identity/strip-headers.ts';

const HEADER = 'x-goog-iap-jwt-assertion';
const ALL: CredentialPlaces = { bearer: true, cookie: 'hallpass_token', proxyHeader: HEADER };
const NONE = { bearer: null, cookie: null, proxyHeader: null };

describe('the credentials of a request', () => {
  const read = (...raw: string[]) => readCredentials(raw, ALL);

  it('come from one place of each kind', () => {
    expect(read('Authorization', 'Bearer a.b.c')).toEqual({ ...NONE, bearer: 'a.b.c' });
    expect(read('authorization', 'bearer  a.b.c ')).toEqual({ ...NONE, bearer: 'a.b.c' });
    expect(read('Cookie', 'a=1; hallpass_token=x')).toEqual({ ...NONE, cookie: 'x' });
    expect(read('X-Goog-IAP-JWT-Assertion', 'a.b.c')).toEqual({ ...NONE, proxyHeader: 'a.b.c' });
    expect(read('Authorization', 'Basic abc', 'Cookie', 'hallpass_token=x')).toEqual({ ...NONE, cookie: 'x' });
    expect(read('Authorization', 'Bearer a.b.c', 'Cookie', 'hallpass_token=x', HEADER, 'd.e.f')).toEqual({
      bearer: 'a.b.c',
      cookie: 'x',
      proxyHeader: 'd.e.f',
    });
  });

  it('are looked for only where the configuration says', () => {
    const raw = ['Authorization', 'Bearer a, Bearer b', 'Cookie', 'hallpass_token=x', 'X_Goog_IAP_JWT_Assertion', '?'];
    expect(readCredentials(raw, { bearer: false, cookie: null, proxyHeader: null })).toEqual(NONE);
  });

  it.each([
    [['Authorization', 'Bearer a', 'authorization', 'Bearer a']],
    [['Authorization', 'Bearer a', 'AUTHORIZATION', 'Basic b']],
    [['Authorization', 'Bearer']],
    [['Authorization', 'Bearer a, Bearer b', 'Cookie', 'hallpass_token=x']],
    [['Authorization', 'Bearer a b']],
    [['Cookie', 'hallpass_token=x', 'Cookie', 'hallpass_token=y']],
    [['X-Goog-IAP-JWT-Assertion', 'a.b.c', 'x-goog-iap-jwt-assertion', 'a.b.c']],
    [['X-Goog-IAP-JWT-Assertion', 'a.b.c', 'X_Goog_IAP_JWT_Assertion', 'd.e.f']],
    [['X_Goog_IAP_JWT_Assertion', 'a.b.c']],
    [['X.Goog.IAP-JWT-Assertion', 'a.b.c']],
    [['x-goog-iap-jwt-assertion', 'a.b.c, d.e.f']],
    [['x-goog-iap-jwt-assertion', '']],
    [['x-goog-iap-jwt-assertion', 'a.b']],
    [['x-goog-iap-jwt-assertion', 'a.b.c.d.e']],
  ])('are none when one could be two: %j', (raw) => {
    expect(read(...raw)).toBeNull();
  });

  it.each([[[]], [['Authorization', 'Basic abc']], [['Authorization', '']], [['Cookie', 'hallpass_token=']]])(
    'are missing in %j',
    (raw) => {
      expect(read(...raw)).toEqual(NONE);
    },
  );

  it('never are more or other than what one header says, whatever else is sent', () => {
    const name = fc.oneof(
      fc.constantFrom('Authorization', 'cookie', HEADER, 'X_Goog-IAP.JWT-Assertion', 'x-other'),
      fc.string({ maxLength: 30 }),
    );
    const value = fc.oneof(
      fc.constantFrom(
        'Bearer a.b.c',
        'bearer',
        'Basic x',
        'hallpass_token=1',
        'a=b; hallpass_token=2',
        'd.e.f',
        'd.e.f,',
      ),
      fc.string({ maxLength: 40 }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 6 }), (headers) => {
        const found = readCredentials(headers.flat(), ALL);
        const named = (wanted: string) => headers.filter(([other]) => other.toLowerCase() === wanted);
        const aliases = headers.filter(([other]) => canonicalName(other) === HEADER);
        if (named('authorization').length > 1 || aliases.length > 1) expect(found).toBeNull();
        if (found === null) return;
        const { bearer, cookie, proxyHeader } = found;
        if (bearer !== null) expect(named('authorization')[0]?.[1].trim().slice(7).trim()).toBe(bearer);
        if (cookie !== null)
          expect(named('cookie').every(([, text]) => !text.includes('hallpass_token=') || text.includes(cookie))).toBe(
            true,
          );
        if (proxyHeader !== null) expect(named(HEADER)).toEqual([[expect.any(String), proxyHeader]]);
        if (proxyHeader === null) expect(aliases).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});
