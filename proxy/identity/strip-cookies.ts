const OWN_COOKIE = /^(?:__host-|__secure-)?hallpass_/i;

/** Whether a cookie belongs to Hallpass itself and so is nobody else's to read or set. */
export function isOwnCookie(name: string): boolean {
  return OWN_COOKIE.test(name.trim());
}

/**
 * A Cookie header without Hallpass's own cookies, or undefined when nothing is left.
 * @param identityCookie the cookie that carries the identity token, whatever it is called
 */
export function stripCookies(header: string, identityCookie: string | null): string | undefined {
  const kept = header.split(';').filter((pair) => {
    const name = pair.split('=', 1)[0]?.trim() ?? '';
    return name !== '' && !isOwnCookie(name) && name !== identityCookie;
  });
  const text = kept.join(';').trim();
  return text === '' ? undefined : text;
}

/** Every value the cookie `name` has in the given Cookie headers. More than one different value is somebody's trick. */
export function cookieValues(headers: readonly string[], name: string): string[] {
  const values = new Set<string>();
  for (const header of headers) {
    for (const pair of header.split(';')) {
      const equals = pair.indexOf('=');
      if (equals !== -1 && pair.slice(0, equals).trim() === name) values.add(pair.slice(equals + 1).trim());
    }
  }
  return [...values];
}
