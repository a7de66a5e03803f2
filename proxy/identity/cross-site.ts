/**
 * Whether another site made a browser send this with the person's cookie (CSRF; for WebSockets the same-origin policy
 * does not apply at all). Only asked for cookie identities and for what may change something.
 *
 * @param ownOrigins origins that may: the proxy's own public one and the console's
 */
export function isCrossSite(
  headers: {
    readonly origin?: string | undefined;
    readonly host?: string | undefined;
    readonly [name: string]: unknown;
  },
  ownOrigins: ReadonlySet<string>,
): boolean {
  if (headers['sec-fetch-site'] === 'cross-site') return true;
  const { origin, host } = headers;
  if (origin === undefined || ownOrigins.has(origin)) return false;
  const scheme = /^https?:\/\//.exec(origin)?.[0];
  return scheme === undefined || host === undefined || origin.slice(scheme.length) !== host.toLowerCase();
}
