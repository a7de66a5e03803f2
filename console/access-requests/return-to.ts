/** The API takes no longer one; without it the request can still be sent. */
const LONGEST_CHARACTERS = 2_000;

/** The address one came from, out of the form's fragment: `#return_to=https%3A%2F%2F…`. Null when there is none fit to use. */
export function readReturnTo(hash: string): string | null {
  const value = new URLSearchParams(hash.replace(/^#/, '')).get('return_to');
  return checkedReturnTo(value)?.href ?? null;
}

/**
 * Whether a browser may be sent there: an absolute http or https address without credentials in it. `javascript:` and its
 * like are no places. Which hosts are right is the server's business; it returns only addresses behind its own sidecars.
 */
export function checkedReturnTo(text: string | null): URL | null {
  if (text === null || text.length > LONGEST_CHARACTERS || !/^https?:\/\//i.test(text)) return null;
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null;
  return url.username === '' && url.password === '' ? url : null;
}

/** Host and path, short enough for a sentence. */
export function returnToWords(url: URL): string {
  const words = `${url.host}${url.pathname === '/' ? '' : url.pathname}`;
  return words.length > 80 ? `${words.slice(0, 79)}…` : words;
}
