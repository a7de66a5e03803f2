import { cookieValues } from './strip-cookies.ts';

export type TokenReading =
  | { readonly kind: 'token'; readonly token: string; readonly from: 'header' | 'cookie' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'ambiguous' };

const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i;

/**
 * The one token a request carries (RFC 6750 2.1). A bearer token goes before the cookie, and a bad one is not excused
 * by a good cookie. Two Authorization headers, or two different cookies of the name, are no identity at all.
 */
export function readToken(rawHeaders: readonly string[], cookieName: string | null): TokenReading {
  let authorization: string | null = null;
  const cookies: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    if (name === 'authorization') {
      if (authorization !== null) return { kind: 'ambiguous' };
      authorization = rawHeaders[index + 1] as string;
    } else if (name === 'cookie' && cookieName !== null) cookies.push(rawHeaders[index + 1] as string);
  }
  if (authorization !== null && /^Bearer\b/i.test(authorization)) {
    const token = BEARER.exec(authorization)?.[1];
    return token === undefined ? { kind: 'ambiguous' } : { kind: 'token', token, from: 'header' };
  }
  const values = cookieName === null ? [] : cookieValues(cookies, cookieName);
  if (values.length > 1) return { kind: 'ambiguous' };
  const [token] = values;
  return token === undefined || token === '' ? { kind: 'missing' } : { kind: 'token', token, from: 'cookie' };
}
