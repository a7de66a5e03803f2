import { isHopByHop, isStripped } from '../identity/strip-headers.ts';

/**
 * Fields that mean something before the body or to whoever frames, routes or lets in the message, so that they may not come
 * after it (RFC 9110 6.5.1).
 */
const NEVER_TRAILERS: ReadonlySet<string> = new Set([
  'accept-encoding',
  'age',
  'authorization',
  'cache-control',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'cookie',
  'date',
  'expires',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'location',
  'origin',
  'pragma',
  'range',
  'retry-after',
  'set-cookie',
  'vary',
  'warning',
  'www-authenticate',
]);

/** Whether a field of this name may stand in the trailers of a message, whoever sent it. */
export function mayTrail(name: string): boolean {
  const lower = name.toLowerCase();
  return !isHopByHop(lower) && !NEVER_TRAILERS.has(lower);
}

/**
 * What of a client's trailers reaches the upstream: neither what frames or routes, nor a name by which a client could say
 * who it is (law 12), which an upstream that joins trailers to headers would take for ours.
 * @param rawTrailers name, value, name, value… as they came
 */
export function upstreamTrailers(rawTrailers: readonly string[]): [string, string][] {
  const passed: [string, string][] = [];
  for (let index = 0; index < rawTrailers.length; index += 2) {
    const name = rawTrailers[index] as string;
    if (mayTrail(name) && !isStripped(name)) passed.push([name, rawTrailers[index + 1] as string]);
  }
  return passed;
}

/** The names a client has announced, as far as they will pass; undefined for none. */
export function announcedTrailers(trailer: string | undefined): string | undefined {
  const names = trailer?.split(',').map((name) => name.trim());
  const passed = names?.filter((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name) && mayTrail(name) && !isStripped(name));
  return passed === undefined || passed.length === 0 ? undefined : passed.join(', ');
}
