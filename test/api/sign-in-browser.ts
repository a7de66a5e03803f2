import { parseSetCookie } from 'cookie';

export interface SeenCookie {
  readonly value: string;
  /** The whole Set-Cookie header it came with. */
  readonly header: string;
}

/** As much of a browser as signing in takes: one jar of cookies per host and port, redirects followed by hand. */
export class Browser {
  readonly #jars = new Map<string, Map<string, SeenCookie>>();

  jar(url: string): Map<string, SeenCookie> {
    const { origin } = new URL(url);
    const jar = this.#jars.get(origin) ?? new Map<string, SeenCookie>();
    this.#jars.set(origin, jar);
    return jar;
  }

  async request(url: string, init: RequestInit = {}): Promise<Response> {
    const jar = this.jar(url);
    const headers = new Headers({ accept: 'text/html', ...(init.headers as Record<string, string>) });
    if (jar.size > 0) headers.set('cookie', [...jar].map(([name, { value }]) => `${name}=${value}`).join('; '));
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const header of response.headers.getSetCookie()) {
      const cookie = parseSetCookie(header, { decode: (value) => value });
      if (cookie.maxAge === 0 || (cookie.expires !== undefined && cookie.expires.getTime() <= 0))
        jar.delete(cookie.name);
      else jar.set(cookie.name, { value: cookie.value ?? '', header });
    }
    return response;
  }

  /** Follows redirects until the address starts with `until`, which is not asked for, or until there is no redirect. */
  async follow(url: string, until: string): Promise<{ url: string; response: Response | null }> {
    let at = url;
    for (let hops = 0; hops < 10; hops += 1) {
      const response = await this.request(at);
      const location = response.headers.get('location');
      if (location === null) return { url: at, response };
      at = new URL(location, at).href;
      if (at.startsWith(until)) return { url: at, response: null };
    }
    throw new Error(`too many redirects, at ${at}`);
  }
}
