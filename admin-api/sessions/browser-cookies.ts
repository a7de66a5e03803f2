import { parseCookie, stringifySetCookie } from 'cookie';
import type { Request, Response } from 'express';

/** Cookies of this site, with the strictest attributes its public address allows. */
export interface BrowserCookies {
  /** The name as it goes over the wire: `hallpass_session`, or with `__Host-` before it over https. */
  nameOf(name: string): string;
  read(request: Request, name: string): string | null;
  set(response: Response, name: string, value: string, maxAgeMs: number): void;
  clear(response: Response, name: string): void;
}

/**
 * Over https: `Secure` and the `__Host-` prefix, so that neither a sub-domain nor plain http can plant one (RFC 6265bis
 * section 4.1.3.2). Over http, on loopback and in tests, neither is possible. Always `HttpOnly; SameSite=Lax; Path=/`.
 * @param publicUrl where browsers reach the admin API; the `Host` header is not asked
 */
export function createBrowserCookies(publicUrl: string): BrowserCookies {
  const secure = new URL(publicUrl).protocol === 'https:';
  const nameOf = (name: string): string => (secure ? `__Host-${name}` : name);
  const append = (response: Response, name: string, value: string, maxAgeSeconds: number): void => {
    response.append(
      'Set-Cookie',
      stringifySetCookie({
        name: nameOf(name),
        value,
        maxAge: maxAgeSeconds,
        httpOnly: true,
        sameSite: 'lax',
        path: '/',
        secure,
      }),
    );
  };
  return {
    nameOf,
    read: (request, name) => parseCookie(request.headers.cookie ?? '')[nameOf(name)] ?? null,
    set: (response, name, value, maxAgeMs) => append(response, name, value, Math.floor(maxAgeMs / 1000)),
    clear: (response, name) => append(response, name, '', 0),
  };
}
