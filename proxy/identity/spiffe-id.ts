/** SPIFFE-ID, 2.3. */
const MAX_CHARS = 2_048;
const MAX_TRUST_DOMAIN_CHARS = 255;
/** SPIFFE-ID, 2.1 and 2.2: nothing that a URI parser could fold, decode or leave away. */
const SPIFFE_ID = /^spiffe:\/\/([a-z0-9._-]+)((?:\/[A-Za-z0-9._-]+)+)$/;

export interface SpiffeId {
  /** The whole of it, as it stands in the certificate. */
  readonly uri: string;
  readonly trustDomain: string;
}

/**
 * The SPIFFE ID of a workload; null for anything else. Read by hand and not by a URL parser: that would take `SPIFFE:`, a port,
 * dot segments or percent encodings, and make one name of two. A trust domain without a path names no workload.
 */
export function parseSpiffeId(uri: string): SpiffeId | null {
  if (uri.length > MAX_CHARS) return null;
  const match = SPIFFE_ID.exec(uri);
  if (match === null) return null;
  const [, trustDomain, path] = match as unknown as [string, string, string];
  if (trustDomain.length > MAX_TRUST_DOMAIN_CHARS) return null;
  if (path.split('/').some((segment) => segment === '.' || segment === '..')) return null;
  return { uri, trustDomain };
}
