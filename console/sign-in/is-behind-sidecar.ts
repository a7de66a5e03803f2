/**
 * Whether an address belongs to one of the sidecars: same origin, and below its path. Everything else would make the
 * console a redirector for whoever writes a link to it.
 */
export function isBehindSidecar(url: URL, sidecarUrls: readonly string[]): boolean {
  return sidecarUrls.some((text) => {
    const sidecar = URL.parse(text);
    if (sidecar === null || sidecar.origin !== url.origin) return false;
    const base = sidecar.pathname.endsWith('/') ? sidecar.pathname : `${sidecar.pathname}/`;
    return url.pathname.startsWith(base);
  });
}
