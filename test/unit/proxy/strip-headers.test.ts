import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cookieValues, stripCookies } from '../../../proxy/identity/strip-cookies.ts';
import {
  canonicalName,
  forbiddenNomination,
  isStripped,
  nominatedBy,
  stripHeaders,
} from '../../../proxy/identity/strip-headers.ts';

const IDENTITY_NAMES = [
  'x-hallpass-subject',
  'x-hallpass-x',
  'x-forwarded-for',
  'x-forwarded-user',
  'forwarded',
  'x-real-ip',
  'x-original-url',
  'x-rewrite-url',
  'x-http-method-override',
  'remote-user',
  'x-remote-user',
  'x-auth-request-user',
  'x-user-id',
];
const identityName = fc.constantFrom(...IDENTITY_NAMES);
/** The same name as other servers would fold it: any case, `_` or `.` for `-`. */
const disguised = identityName.chain((name) =>
  fc
    .tuple(
      ...[...name].map((char) =>
        char === '-' ? fc.constantFrom('-', '_', '.') : fc.constantFrom(char, char.toUpperCase()),
      ),
    )
    .map((chars) => chars.join('')),
);
const harmless = fc.constantFrom(
  'accept',
  'User-Agent',
  'x-request-id',
  'Content-Type',
  'x-a',
  'x-user-agent',
  'traceparent',
);
const value = fc.string({ minLength: 1, maxLength: 10, unit: fc.constantFrom('a', 'b', '1', '=', ',') });

describe('headers of a client', () => {
  it('are stripped under every disguise, however often, whatever Connection nominates', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.oneof(disguised, harmless), value), { maxLength: 12 }),
        fc.array(fc.oneof(disguised, harmless), { maxLength: 4 }),
        (pairs, nominees) => {
          const raw = [...pairs.flat(), 'Connection', nominees.join(', ')];
          const kept = stripHeaders(raw, nominatedBy(raw)).toObject();
          for (const name of Object.keys(kept)) {
            expect(isStripped(name)).toBe(false);
            expect(nominees.map((nominee) => nominee.toLowerCase())).not.toContain(name);
          }
          const expected = pairs.filter(
            ([name]) => !isStripped(name) && !nominees.some((nominee) => nominee.toLowerCase() === name.toLowerCase()),
          );
          expect(Object.values(kept).flat().toSorted()).toEqual(expected.map(([, text]) => text).toSorted());
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('are the same name to us when they are the same to CGI', () => {
    fc.assert(fc.property(disguised, (name) => expect(isStripped(name)).toBe(true)));
    expect(canonicalName('X_Forwarded.For')).toBe('x-forwarded-for');
  });

  it.each([
    'Transfer_Encoding',
    'content_length',
    'Content.Type',
    'Proxy_Connection',
    'HTTP2_Settings',
    'Sec_WebSocket_Key',
  ])('that frame the message for a server that folds do not pass: %s', (name) => {
    expect(isStripped(name)).toBe(true);
    expect(Object.keys(stripHeaders([name, 'a', 'X-A', 'b'], null).toObject())).toEqual(['x-a']);
  });

  it('can be called __proto__ or constructor without harm', () => {
    const kept = stripHeaders(['__proto__', 'a', 'constructor', 'b', '__proto__', 'c'], null).toObject();
    expect(Object.keys(kept)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });

  it('may not nominate what frames or addresses the message', () => {
    for (const name of ['Content-Length', 'HOST', 'authorization', 'Cookie']) {
      expect(forbiddenNomination(nominatedBy(['connection', `close, ${name}`]))).toBe(name.toLowerCase());
    }
    expect(forbiddenNomination(nominatedBy(['Connection', 'keep-alive, upgrade, x-a']))).toBeNull();
  });
});

describe('cookies', () => {
  const cookieName = fc.constantFrom(
    'app',
    'hallpass_token',
    'HallPass_x',
    '__Host-hallpass_session',
    '__host-HALLPASS_a',
    'id',
    'nothallpass_',
  );
  it('of ours go, those of others stay as they are and in order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(cookieName, value), { maxLength: 8 }), (pairs) => {
        const header = pairs.map(([name, text]) => `${name}=${text}`).join('; ');
        const others = pairs.filter(([name]) => !/^(__host-)?hallpass_/i.test(name) && name !== 'id');
        const expected = others.map(([name, text]) => `${name}=${text}`).join('; ');
        expect(stripCookies(header, 'id')).toBe(expected === '' ? undefined : expected);
      }),
    );
  });

  it('are found by their exact name, each different value once', () => {
    expect(cookieValues(['a=1; b=2; a=1', ' a = 3;aa=4'], 'a')).toEqual(['1', '3']);
  });
});
