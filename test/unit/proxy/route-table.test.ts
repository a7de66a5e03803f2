import { describe, expect, it } from '@jest/globals';
import { usePlainMessages } from '../../../core/process/plain-messages.ts';
import { proxyConfigSchema, type ProxyConfigInput } from '../../../proxy/config.ts';
import { hostNameOf, RouteTable, upstreamTarget } from '../../../proxy/gate/route-table.ts';

usePlainMessages();

const MINIMAL = {
  public_url: 'http://proxy.example.com',
  console_url: 'http://console.example.com',
  control_plane: { url: 'http://admin.example.com' },
  identity: { jwt: { jwks_url: 'http://idp.example.com/jwks', issuer: 'i', audience: 'a' } },
  policy: { bundle: 'policy.tar.gz' },
} as const;

function tableOf(routes: ProxyConfigInput['routes']): RouteTable {
  return new RouteTable(proxyConfigSchema.parse({ ...MINIMAL, routes }).routes);
}

const route = (path: string, id: string, more: object = {}) => ({
  path,
  resource: `connection:${id}`,
  upstream: 'http://up.example.com',
  ...more,
});

describe('routes', () => {
  const table = tableOf([
    route('/', 'root'),
    route('/a', 'a'),
    route('/a/b/c', 'abc'),
    route('/a/', 'host-a', { host: 'one.example.com' }),
    route('/%C3%A9', 'accent'),
  ]);
  it.each([
    [null, '/', 'root'],
    [null, '/a', 'a'],
    [null, '/a/', 'a'],
    [null, '/a/b', 'a'],
    [null, '/a/b/c', 'abc'],
    [null, '/a/b/c/d/e/f/g', 'abc'],
    [null, '/a/b/cd', 'a'],
    [null, '/ab', 'root'],
    [null, '/A', 'root'],
    [null, '/%C3%A9/x', 'accent'],
    ['one.example.com', '/a/b/c', 'host-a'],
    ['one.example.com', '/b', 'root'],
    ['xone.example.com', '/a', 'a'],
    ['one.example.com.evil', '/a', 'a'],
  ])('of host %s and path %s is %s', (host, path, id) => {
    expect(table.find(host, path)?.resource.id).toBe(id);
  });

  it('take nothing that no prefix fits', () => {
    expect(tableOf([route('/a/b', 'x')]).find(null, '/a')).toBeNull();
    expect(tableOf([route('/a', 'x', { host: 'h' })]).find('other', '/a')).toBeNull();
  });

  it.each([
    ['http://up/', true, '/a', '/'],
    ['http://up', true, '/a/x/', '/x/'],
    ['http://up/base/', true, '/a', '/base/'],
    ['http://up/base', true, '/a/x', '/base/x'],
    ['http://up/base', false, '/a/x', '/base/a/x'],
  ])('to %s, stripped: %s, send %s on as %s', (upstream, strip, path, sent) => {
    const found = tableOf([route('/a', 'x', { upstream, strip_prefix: strip })]).find(null, path)!;
    expect(upstreamTarget(found, path, '?q')).toBe(`${sent}?q`);
  });

  it.each([
    ['Example.com:8080', 'example.com'],
    ['example.com.', 'example.com'],
    ['example.com', 'example.com'],
    ['EXAMPLE.com.:0080', 'example.com'],
    ['a_b.example.com', 'a_b.example.com'],
    ['[::1]:80', null],
    ['a/b', null],
    ['example.com..', null],
    ['example.com:', null],
    ['example.com:99999', null],
    ['example.com:80:80', null],
    ['', null],
    [undefined, null],
  ])('read the host %s as %s', (header, name) => {
    expect(hostNameOf(header)).toBe(name);
  });

  it.each([
    [{ path: 'a' }, /routes\.0\.path: .*normal form/],
    [{ path: '/a/../b' }, /routes\.0\.path: .*normal form/],
    [{ path: '/%61' }, /routes\.0\.path: .*normal form/],
    [{ resource: 'aws' }, /routes\.0\.resource: must be a resource/],
    [{ upstream: 'ftp://x' }, /routes\.0\.upstream: .*http/],
    [{ upstream: 'http://u:p@x' }, /routes\.0\.upstream: .*password/],
    [{ host: 'A.com' }, /routes\.0\.host: .*lower-case/],
    [{ actions: { get: 'read' } }, /routes\.0\.actions/],
    [{ what: 1 }, /routes\.0: .*not known: what/],
  ])('are refused with their name when they are wrong: %j', (wrong, message) => {
    const parsed = proxyConfigSchema.safeParse({ ...MINIMAL, routes: [{ ...route('/a', 'x'), ...wrong }] });
    const text = parsed.error!.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n');
    expect(text).toMatch(message);
  });

  it('are refused when two claim the same', () => {
    const parsed = proxyConfigSchema.safeParse({ ...MINIMAL, routes: [route('/a', 'x'), route('/a/', 'y')] });
    expect(parsed.error!.issues[0]).toMatchObject({ path: ['routes', 1, 'path'] });
  });
});
