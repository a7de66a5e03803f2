import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../../core/process/logger.ts';
import { proxyConfigSchema, type ProxyConfigInput } from '../../proxy/config.ts';
import { TrafficTls } from '../../proxy/traffic-tls.ts';
import { authority } from '../support/certificate-maker.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';

const prod = authority('prod authority');
const server = authority('server authority');

describe('the files of TLS', () => {
  it('are named by their setting when they can not be used', async () => {
    const directory = await makeTemporaryDirectory('tls');
    const path = (name: string) => join(directory.path, name);
    const load = (changes: object, ca = path('ca.crt')) =>
      TrafficTls.load({
        config: {
          certificate: path('tls.crt'),
          key: path('tls.key'),
          client_certificates: 'optional',
          min_version: 'TLSv1.2',
          poll_ms: 1_000,
          ...changes,
        },
        trustDomains: [{ name: 'prod.example.org', ca }],
        handshakeTimeoutMs: 1_000,
        logger: createLogger('proxy', 'silent'),
        onConnection: () => {},
        onBundles: () => {},
        onLoad: () => {},
      });
    await writeFile(path('tls.crt'), server.certificate);
    await writeFile(path('tls.key'), server.key);
    await writeFile(path('ca.crt'), prod.certificate);
    await load({});
    await expect(load({ key: path('none.key') })).rejects.toThrow(
      /^proxy\.tls\.key: .*none\.key can't be read \(ENOENT\)$/,
    );
    await expect(load({}, path('none.crt'))).rejects.toThrow(
      /^identity\.mtls\.trust_domains \(prod\.example\.org\): .*none\.crt can't be read/,
    );
    await expect(load({}, path('tls.key'))).rejects.toThrow(
      /^identity\.mtls\.trust_domains \(prod\.example\.org\): .* holds no certificate$/,
    );
    await writeFile(path('tls.key'), prod.key);
    await expect(load({})).rejects.toThrow(/^proxy\.tls: .*tls\.crt and .*tls\.key can't be used/);
    await directory.remove();
  });
});

describe('the settings of TLS', () => {
  const mtls = { trust_domains: [{ name: 'a.example', ca: 'a.pem' }] };
  const jwt = { jwks_url: 'http://i.test/jwks', issuer: 'i', audience: 'a' };
  const files = { certificate: 'c', key: 'k' };
  const read = (tls: object | undefined, identity: object) => {
    const result = proxyConfigSchema.safeParse({
      public_url: 'https://p.test',
      console_url: 'http://c.test',
      control_plane: { url: 'http://c.test' },
      ...(tls === undefined ? {} : { proxy: { tls } }),
      identity,
      policy: { bundle: 'b' },
      routes: [{ path: '/x', resource: 'connection:x', upstream: 'http://u.test' }],
    } as ProxyConfigInput);
    return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  };

  it('are complete by two files, and by those of trust domains', () => {
    expect(read(files, { jwt })).toEqual([]);
    expect(read(files, { mtls })).toEqual([]);
    expect(read({ ...files, client_certificates: 'required', client_ca: 'ca' }, { jwt })).toEqual([]);
  });

  it.each<[string, object | undefined, object, RegExp]>([
    ['certificates that nobody could send', undefined, { mtls }, /^identity\.mtls: needs proxy\.tls/],
    [
      'certificates that nobody asks for',
      { ...files, client_certificates: 'none' },
      { mtls },
      /^proxy\.tls\.client_certificates: must be/,
    ],
    [
      'authorities beside those of trust domains',
      { ...files, client_certificates: 'required', client_ca: 'x' },
      { mtls },
      /^proxy\.tls\.client_ca: must be left out/,
    ],
    ['certificates that nobody reads', { ...files, client_certificates: 'optional' }, { jwt }, /is of no use/],
    ['certificates of nobody', { ...files, client_certificates: 'required' }, { jwt }, /must name the authorities/],
    ['authorities that nobody looks at', { ...files, client_ca: 'x' }, { jwt }, /only looked at/],
    [
      'a trust domain twice',
      files,
      { mtls: { trust_domains: [...mtls.trust_domains, ...mtls.trust_domains] } },
      /is there already/,
    ],
    [
      'a trust domain that is none',
      files,
      { mtls: { trust_domains: [{ name: 'spiffe://a', ca: 'a' }] } },
      /must be a trust domain/,
    ],
  ])('are refused with %s', (_name, tls, identity, problem) => {
    expect(read(tls, identity)).toEqual([expect.stringMatching(problem)]);
  });
});
