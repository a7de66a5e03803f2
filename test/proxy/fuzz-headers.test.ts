import { parseCookie } from 'cookie';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { prefersHtml } from '../../proxy/gate/denial-answer.ts';
import { hostNameOf, isHost, RouteTable } from '../../proxy/gate/route-table.ts';
import { isCrossSite } from '../../proxy/identity/cross-site.ts';
import { readCredentials } from '../../proxy/identity/read-credentials.ts';
import { cookieValues, isOwnCookie, stripCookies } from '../../proxy/identity/strip-cookies.ts';
import { isStripped, nominatedBy, stripHeaders } from '../../proxy/identity/strip-headers.ts';
import { fuzz } from '../support/mutate.ts';

const routeTo = (host: string | undefined, id: string) => ({
  path: '',
  host,
  resource: `connection:${id}`,
  upstream: 'http://up',
  strip_prefix: true,
  preserve_host: true,
  forward_authorization: false,
  actions: {},
  upgrades: ['websocket'],
});

describe('a Host header', () => {
  const table = new RouteTable([routeTo('app.example.com', 'app'), routeTo(undefined, 'any')] as never);
  const seeds = [
    'app.example.com',
    'APP.example.com:443',
    'app.example.com.',
    'evil.app.example.com',
    'app.example.com.evil',
    '127.0.0.1:80',
    '[::1]:80',
    '',
  ];
  const dictionary = [
    'app.example.com',
    '.',
    ':',
    ':80',
    '@',
    '/',
    '\\',
    '%2e',
    '[',
    ']',
    '::',
    '_',
    '-',
    'xn--',
    '0x7f.1',
  ];

  it('names the host that a URL parser would find, or is refused', async () => {
    let accepted = 0;
    await fuzz({ seeds, runs: 4_000, dictionary }, (bytes) => {
      const header = bytes.toString('latin1');
      if (header === '' || !isHost(header)) return;
      accepted += 1;
      const name = hostNameOf(header);
      let url: URL;
      try {
        url = new URL(`http://${header}/`);
      } catch {
        // Stricter than we are about names (xn--, numbers): then nobody takes it for another host.
        return;
      }
      expect([url.username, url.password, url.pathname, url.search]).toEqual(['', '', '/', '']);
      // It reads numbers as addresses, and then calls them something else.
      if (name === null || /(^|\.)(\d+|0x[0-9a-f]*)$/.test(name)) return;
      expect(url.hostname.replace(/\.$/, '')).toBe(name);
    });
    expect(accepted).toBeGreaterThan(300);
  });

  it('finds the route of a host by the whole name, and no other', async () => {
    await fuzz({ seeds, runs: 4_000, dictionary, seed: 2 }, (bytes) => {
      const header = bytes.toString('latin1');
      const isIt =
        /^app\.example\.com\.?(:\d{1,5})?$/i.test(header) && Number(/:(\d+)$/.exec(header)?.[1] ?? 0) < 65_536;
      expect(table.find(hostNameOf(header), '/x')?.resource.id).toBe(isIt ? 'app' : 'any');
    });
  });
});

describe('Accept', () => {
  /** RFC 9110 12.5.1, by the letter, for ranges without wildcards. */
  const weightOf = (accept: readonly { type: string; q: string | null }[], types: readonly string[]) =>
    Math.max(
      0,
      ...accept.filter(({ type }) => types.includes(type.toLowerCase())).map(({ q }) => (q === null ? 1 : Number(q))),
    );

  it('is weighed as the RFC says', () => {
    const type = fc.constantFrom(
      'text/html',
      'TEXT/HTML',
      'application/json',
      'application/xhtml+xml',
      'application/problem+json',
      'text/plain',
      'image/png',
    );
    const q = fc.option(fc.constantFrom('0', '0.0', '0.001', '0.1', '0.5', '0.9', '1', '1.0', '1.000'));
    const space = fc.constantFrom('', ' ', '\t');
    fc.assert(
      fc.property(fc.array(fc.record({ type, q, space }), { maxLength: 6 }), (ranges) => {
        const header = ranges
          .map(
            (range) =>
              `${range.space}${range.type}${range.space}${range.q === null ? '' : `;${range.space}q=${range.q}`}`,
          )
          .join(',');
        const html = weightOf(ranges, ['text/html', 'application/xhtml+xml']);
        const json = weightOf(ranges, ['application/json', 'application/problem+json']);
        expect([header, prefersHtml(header)]).toEqual([header, html > 0 && html >= json]);
      }),
      { numRuns: 1_500, seed: 1 },
    );
  });

  it('never throws, and shows no page to whoever did not name HTML', async () => {
    const seeds = [
      'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'application/json',
      '*/*',
      'text/html;q=0.1, application/json;q=1',
    ];
    await fuzz(
      { seeds, runs: 3_000, dictionary: ['q=', ';q=', 'html', 'text/html', ',', '*/*', '1e9', '-1', 'Infinity'] },
      (bytes) => {
        const accept = bytes.toString('latin1');
        const shown = prefersHtml(accept);
        if (!/text\/html|application\/xhtml\+xml/i.test(accept)) expect(shown).toBe(false);
      },
    );
  });
});

describe('cookies', () => {
  const seeds = [
    'a=1; hallpass_token=x; b=2',
    '__Host-hallpass_session=y',
    'sso=token; a="b; sso=c"',
    'a=1;;b;=c; HALLPASS_x=1',
    '',
  ];
  const dictionary = [
    'hallpass_token',
    'sso',
    '__Host-',
    '__Secure-',
    '; ',
    ';',
    '=',
    ',',
    '"',
    ' ',
    '\t',
    'sso=evil',
    'hallpass_token=evil',
  ];

  it('lose what is ours in the eyes of the library that reads them behind us', async () => {
    await fuzz({ seeds, runs: 4_000, dictionary }, (bytes) => {
      const header = bytes.toString('latin1').replaceAll(/[\r\n\0]/g, '');
      const kept = stripCookies(header, 'sso');
      const seen = parseCookie(kept ?? '');
      for (const name of Object.keys(seen)) expect([name, isOwnCookie(name) || name === 'sso']).toEqual([name, false]);
      const others = Object.keys(parseCookie(header)).filter(
        (name) => !isOwnCookie(name) && !['sso', ''].includes(name.trim()),
      );
      // At its ends the header loses white space that the library would keep in a name.
      const names = (list: readonly string[]) =>
        [...new Set(list.map((name) => name.trim()))].filter((name) => name !== '');
      expect(names(Object.keys(seen))).toEqual(names(others));
      if (kept !== undefined) expect(stripCookies(kept, 'sso')).toBe(kept);
    });
  });

  it('that name the identity twice name nobody', async () => {
    await fuzz({ seeds, runs: 4_000, dictionary, seed: 3 }, (bytes) => {
      const header = bytes.toString('latin1');
      const values = cookieValues([header], 'sso');
      const read = readCredentials(['cookie', header], { bearer: true, cookie: 'sso', proxyHeader: null });
      expect(read?.cookie).toBe(values.length > 1 ? undefined : values[0] === '' ? null : (values[0] ?? null));
    });
  });
});

describe('Authorization', () => {
  it('gives the one bearer token it holds, or none', async () => {
    const seeds = [
      'Bearer abc.def-_~+/==',
      'bearer  a',
      'Basic dXNlcjpwYXNz',
      'Bearer',
      'Bearer a b',
      'Bearer a,Bearer b',
    ];
    await fuzz({ seeds, runs: 4_000, dictionary: ['Bearer', 'Bearer ', ' ', '\t', ',', '=', 'Basic '] }, (bytes) => {
      const value = bytes.toString('latin1');
      const read = readCredentials(['Authorization', value], { bearer: true, cookie: null, proxyHeader: null });
      if (read === null) expect(value).toMatch(/^bearer\b/i);
      else if (read.bearer === null) expect(value).not.toMatch(/^bearer\b/i);
      else {
        expect(read.bearer).toMatch(/^[A-Za-z0-9._~+/-]+=*$/);
        expect(value.trim().split(/ +/)).toEqual([expect.stringMatching(/^bearer$/i), read.bearer]);
      }
    });
  });
});

describe('names of headers', () => {
  const ours = [
    'x-hallpass-subject',
    'x-forwarded-for',
    'x-real-ip',
    'forwarded',
    'via',
    'x-original-url',
    'remote-user',
    'transfer-encoding',
    'connection',
    'te',
    'upgrade',
  ];
  it('of ours never pass under any mutation that a server may fold back', async () => {
    await fuzz({ seeds: ours, runs: 4_000, dictionary: ['-', '_', '.', '--', 'X-', 'x_', '*', "'", '`'] }, (bytes) => {
      const name = bytes.toString('latin1').replaceAll(/[^!#$%&'*+.^_`|~0-9A-Za-z-]/g, '');
      if (name === '') return;
      const folded = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '-');
      const kept = Object.keys(stripHeaders([name, 'spoofed', 'X-A', 'b'], null).toObject());
      if (ours.includes(folded)) expect(kept).toEqual(['x-a']);
      expect(kept.includes(name.toLowerCase())).toBe(!isStripped(name) && !ours.slice(-4).includes(name.toLowerCase()));
    });
  });

  it('in Connection take away themselves and nothing else', async () => {
    const seeds = ['keep-alive, X-A', 'close', 'x-hallpass-subject, te', 'X-A;q=1, "X-B"', ', ,X-A,,'];
    await fuzz({ seeds, runs: 3_000, dictionary: ['X-A', 'X-B', ',', ' ', 'close', 'keep-alive'] }, (bytes) => {
      const value = bytes.toString('latin1');
      const nominated = nominatedBy(['Connection', value]);
      const kept = Object.keys(stripHeaders(['X-A', '1', 'X-B', '2'], nominated).toObject());
      const tokens = new Set(value.split(',').map((token) => token.trim().toLowerCase()));
      expect(kept).toEqual(['x-a', 'x-b'].filter((name) => !tokens.has(name)));
    });
  });
});

describe('Origin', () => {
  it('is of this site only when it is this host, whole', async () => {
    const own = new Set(['https://console.example.com']);
    const seeds = [
      'https://app.example.com',
      'http://app.example.com:443',
      'https://console.example.com',
      'null',
      'https://evil.example',
    ];
    await fuzz(
      {
        seeds,
        runs: 4_000,
        dictionary: ['app.example.com', 'console.example.com', '@', '#', '/', '.', ':', ', ', 'https://', 'null'],
      },
      (bytes) => {
        const origin = bytes.toString('latin1');
        if (isCrossSite({ origin, host: 'app.example.com' }, own)) return;
        expect(['https://console.example.com', 'http://app.example.com', 'https://app.example.com']).toContain(origin);
      },
    );
  });
});
