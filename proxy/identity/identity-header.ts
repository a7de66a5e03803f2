import { canonicalName, isHopByHop } from './strip-headers.ts';

/** Headers that mean something else to HTTP or to the sidecar itself. */
const TAKEN: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'host',
  'origin',
  'accept',
  'content-type',
  'content-length',
  'content-encoding',
  'range',
  'forwarded',
  'via',
  'date',
]);

/** Whether an authenticating proxy may send its assertion in a header of this lower-case name. */
export function isUsableIdentityHeader(name: string): boolean {
  return /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name) && name.length <= 64 && !TAKEN.has(name) && !isHopByHop(name);
}

/**
 * Whether a server behind could take a header of this name for `identityHeader`: `X_Pomerium.Jwt-Assertion` is one name
 * with the real one to CGI, WSGI and PHP. The real one is an alias of itself.
 */
export function isAliasOf(name: string, identityHeader: string): boolean {
  // As long as each other, since only single characters are folded; nearly every other name ends here.
  return name.length === identityHeader.length && canonicalName(name) === identityHeader;
}
