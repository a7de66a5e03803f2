import type { IncomingMessage } from 'node:http';
import { isOwnCookie } from '../identity/strip-cookies.ts';
import { isHopByHop } from '../identity/strip-headers.ts';

/**
 * Takes out of an upstream's answer what must not reach the client: hop-by-hop headers (RFC 9110 7.6.1) and cookies
 * named like Hallpass's own, with which an upstream could sign somebody in as somebody else.
 */
export function cleanResponseHeaders(message: IncomingMessage): void {
  const { headers } = message;
  const nominated = headers.connection;
  if (nominated !== undefined) {
    for (const token of nominated.split(',')) {
      const name = token.trim().toLowerCase();
      // Its length and type belong to the message, whatever the upstream says.
      if (name !== 'content-length' && name !== 'content-type') delete headers[name];
    }
  }
  for (const name of Object.keys(headers)) if (isHopByHop(name)) delete headers[name];
  const cookies = headers['set-cookie'];
  if (cookies === undefined) return;
  const kept = cookies.filter((cookie) => !isOwnCookie(cookie.split('=', 1)[0] ?? ''));
  if (kept.length === 0) delete headers['set-cookie'];
  else headers['set-cookie'] = kept;
}
