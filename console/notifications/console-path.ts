/** A base that no link of ours can name, to tell a path from an address elsewhere. */
const BASE = 'https://console.invalid';

/**
 * The place in the console that a notification leads to: path, query and fragment. Null for anything else, such as an
 * address of another host: what is shown as a way within the console must not lead out of it.
 */
export function consolePath(link: string): string | null {
  if (!link.startsWith('/')) return null;
  const url = URL.parse(link, BASE);
  // Also `//host`, `/\host` and `/<tab>/host`, which browsers read as another host.
  return url === null || url.origin !== BASE ? null : `${url.pathname}${url.search}${url.hash}`;
}
