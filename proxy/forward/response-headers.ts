import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isOwnCookie } from '../identity/strip-cookies.ts';
import { isHopByHop } from '../identity/strip-headers.ts';
import { mayTrail } from './request-trailers.ts';

/**
 * What of an upstream's answer reaches the client: all but hop-by-hop headers (RFC 9110 7.6.1) and cookies named like
 * Hallpass's own, with which an upstream could sign somebody in as somebody else.
 *
 * @param headers by lower-case name
 * @returns names and values by turns, a repeated header as often as it came
 */
export function clientHeaders(headers: IncomingHttpHeaders): string[] {
  const nominated = nominatedBy(headers.connection);
  const passed: string[] = [];
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || isHopByHop(name) || nominated?.includes(name) === true) continue;
    if (name === 'set-cookie') pushCookies(passed, value);
    else if (typeof value === 'string') passed.push(name, value);
    else for (const each of value) passed.push(name, each);
  }
  return passed;
}

/** The same, for a message that somebody else writes out. */
export function cleanResponseHeaders(message: IncomingMessage): void {
  const { headers } = message;
  const nominated = nominatedBy(headers.connection);
  for (const name of Object.keys(headers)) {
    if (isHopByHop(name) || nominated?.includes(name) === true) delete headers[name];
  }
  const cookies = headers['set-cookie'];
  if (cookies === undefined) return;
  const kept = cookies.filter((cookie) => !isOwnCookie(nameOf(cookie)));
  if (kept.length === 0) delete headers['set-cookie'];
  else headers['set-cookie'] = kept;
}

/** @returns null when none may pass */
export function clientTrailers(trailers: IncomingHttpHeaders): Record<string, string | string[]> | null {
  let passed: Record<string, string | string[]> | null = null;
  for (const name in trailers) {
    const value = trailers[name];
    if (value === undefined || !mayTrail(name)) continue;
    (passed ??= {})[name] = value;
  }
  return passed;
}

function nominatedBy(connection: string | undefined): string[] | null {
  // What nearly every answer says, and what nominates nothing.
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return null;
  return (
    connection
      .split(',')
      .map((token) => token.trim().toLowerCase())
      // Length and type belong to the message, whatever the upstream says.
      .filter((name) => name !== 'content-length' && name !== 'content-type')
  );
}

function pushCookies(passed: string[], cookies: string | string[]): void {
  for (const cookie of typeof cookies === 'string' ? [cookies] : cookies) {
    if (!isOwnCookie(nameOf(cookie))) passed.push('set-cookie', cookie);
  }
}

function nameOf(cookie: string): string {
  return cookie.split('=', 1)[0] ?? '';
}
