import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DerError } from '../../../proxy/identity/der.ts';
import { readLeafExtensions } from '../../../proxy/identity/leaf-extensions.ts';
import { parseSpiffeId } from '../../../proxy/identity/spiffe-id.ts';
import { verifySvid } from '../../../proxy/identity/svid.ts';
import {
  authority,
  der,
  issueCertificate,
  type CertificateRequest,
  type Issued,
} from '../../support/certificate-maker.ts';

const ID = 'spiffe://prod.example.org/billing/api';

describe('a SPIFFE ID', () => {
  it.each([ID, 'spiffe://a/b', 'spiffe://a_b-c.9/A.b_c-9', `spiffe://a/${'x'.repeat(2_000)}`, 'spiffe://a/...'])(
    'is %s',
    (uri) => {
      expect(parseSpiffeId(uri)).toEqual({ uri, trustDomain: uri.split('/')[2] });
    },
  );

  it.each([
    '',
    'spiffe://',
    'spiffe://prod.example.org',
    'spiffe://prod.example.org/',
    'spiffe:///billing',
    'SPIFFE://prod.example.org/billing',
    'https://prod.example.org/billing',
    'spiffe:prod.example.org/billing',
    'spiffe://PROD.example.org/billing',
    'spiffe://prod.example.org:443/billing',
    'spiffe://user@prod.example.org/billing',
    'spiffe://prod.example.org/billing/',
    'spiffe://prod.example.org//billing',
    'spiffe://prod.example.org/../other/billing',
    'spiffe://prod.example.org/a/./b',
    'spiffe://prod.example.org/a/..',
    'spiffe://prod.example.org/%62illing',
    'spiffe://prod.example.org/billing?a=1',
    'spiffe://prod.example.org/billing#a',
    'spiffe://prod.example.org/bill ing',
    'spiffe://prod.example.org/billing\n',
    'spiffe://prod.example.org/billing\0',
    'spiffe://prod.example.org\\billing',
    'spiffe://prod.example.org/bílling',
    ' spiffe://prod.example.org/billing',
    `spiffe://${'x'.repeat(256)}/a`,
    `spiffe://a/${'x'.repeat(2_048)}`,
  ])('is not %j', (uri) => {
    expect(parseSpiffeId(uri)).toBeNull();
  });

  it('is one only where no URL parser would read it as another', () => {
    const characters = fc.constantFrom(...'ab./:@%?#\\_-Z ');
    fc.assert(
      fc.property(fc.array(characters, { maxLength: 20 }), (rest) => {
        const uri = `spiffe://${rest.join('')}`;
        const id = parseSpiffeId(uri);
        if (id === null) return;
        const url = new URL(uri);
        expect([url.href, url.host]).toEqual([uri, id.trustDomain]);
      }),
      { numRuns: 20_000 },
    );
  });
});

describe('an X.509-SVID', () => {
  const prod = authority('prod authority');
  const test = authority('test authority');
  const x509 = (issued: Issued) => new X509Certificate(issued.certificate);
  const bundles = new Map([
    ['prod.example.org', [x509(prod)]],
    ['test.example.org', [x509(test)]],
  ]);
  const leaf = (changes: Partial<CertificateRequest> = {}) =>
    issueCertificate({ name: 'billing', issuer: prod, uris: [ID], ...changes });
  const verify = (certificate: Issued, verifiedBy: typeof bundles | null = bundles) =>
    verifySvid(x509(certificate), verifiedBy, bundles);

  it('is a leaf with one URI name, issued by its own trust domain', () => {
    const untilMs = Math.floor(Date.now() / 1000) * 1000 + 600_000;
    expect(verify(leaf({ untilMs }))).toEqual({ ok: true, sub: ID, fromMs: expect.any(Number), untilMs });
    expect(verify(leaf({ ips: ['10.0.0.1'] }))).toMatchObject({ ok: true });
    expect(verify(leaf({ usages: ['digitalSignature', 'keyEncipherment'] }))).toMatchObject({ ok: true });
  });

  it.each<[string, Partial<CertificateRequest>, RegExp]>([
    ['no URI name', { uris: [] }, /0 URI names/],
    ['two URI names', { uris: [ID, 'spiffe://prod.example.org/other'] }, /2 URI names/],
    ['the same URI name twice', { uris: [ID, ID] }, /2 URI names/],
    ['a URI name beside it', { uris: [ID, 'https://example.org'] }, /2 URI names/],
    ['a name that goes on after a NUL', { uris: [Buffer.from(`${ID}\0.evil.example`)] }, /no SPIFFE ID/],
    ['a name with bytes beyond ASCII', { uris: [Buffer.from([...Buffer.from(ID), 0xe9])] }, /no SPIFFE ID/],
    ['the ID of a trust domain', { uris: ['spiffe://prod.example.org'] }, /no SPIFFE ID/],
    ['the CA flag', { isCa: true, usages: ['digitalSignature'] }, /authority's/],
    ['the usage of an authority', { usages: ['digitalSignature', 'keyCertSign'] }, /key usage of an authority/],
    ['the usage of a signer of lists', { usages: ['digitalSignature', 'cRLSign'] }, /key usage of an authority/],
    ['no usage', { usages: null }, /without digitalSignature/],
    ['another usage', { usages: ['keyEncipherment'] }, /without digitalSignature/],
    ['another trust domain than those known', { uris: ['spiffe://dev.example.org/x'] }, /not configured/],
    ['a trust domain that only begins like it', { uris: ['spiffe://prod.example.org.evil/x'] }, /not configured/],
    [
      'its names twice',
      { extensions: [der(0x30, der(0x06, Buffer.from('551d11', 'hex')), der(0x04, der(0x30)))] },
      /can not be read/,
    ],
  ])('is not one with %s', (_name, changes, detail) => {
    expect(verify(leaf(changes))).toEqual({ ok: false, detail: expect.stringMatching(detail) });
  });

  it('is none of another trust domain, though that one is known too', () => {
    expect(verify(leaf({ issuer: test }))).toEqual({ ok: false, detail: 'not issued by its own trust domain' });
  });

  it('is none that the handshake has not verified, nor one of an authority that only has the name', () => {
    expect(verify(leaf(), null)).toEqual({ ok: false, detail: 'a certificate of no known authority' });
    expect(verify(leaf({ issuer: authority(prod.name) }))).toMatchObject({ ok: false });
  });

  describe('of an intermediate', () => {
    const middle = issueCertificate({ name: 'middle', issuer: prod, isCa: true, untilMs: Date.now() + 60_000 });
    const only = new Map([['prod.example.org', [x509(prod)]]]);
    const below = x509(leaf({ issuer: middle }));

    it('is believed where there is one trust domain, by what the handshake has verified', () => {
      expect(verifySvid(below, only, only)).toMatchObject({ ok: true, sub: ID });
      expect(verifySvid(below, null, only)).toMatchObject({ ok: false });
    });

    it('is believed where there are several only if the intermediate is in the bundle', () => {
      expect(verifySvid(below, bundles, bundles)).toMatchObject({ ok: false });
      const withMiddle = new Map([...bundles, ['prod.example.org', [x509(prod), x509(middle)]]] as const);
      const verdict = verifySvid(below, withMiddle, withMiddle);
      expect(verdict).toMatchObject({ ok: true, sub: ID });
      // As long as the whole chain holds, and no longer.
      expect(verdict.ok && verdict.untilMs).toBeLessThanOrEqual(Date.now() + 60_000);
    });

    it('is believed after a change only if none of the authorities has gone that it may have come from', () => {
      const more = new Map([['prod.example.org', [x509(authority('new')), x509(prod)]]]);
      const others = new Map([['prod.example.org', [x509(authority('new'))]]]);
      const elsewhere = new Map([['test.example.org', [x509(prod)]]]);
      expect(verifySvid(below, only, more)).toMatchObject({ ok: true });
      expect(verifySvid(below, more, only)).toMatchObject({ ok: false });
      expect(verifySvid(below, only, others)).toMatchObject({ ok: false });
      expect(verifySvid(below, only, elsewhere)).toMatchObject({ ok: false });
      expect(verifySvid(below, only, bundles)).toMatchObject({ ok: false });
      expect(verifySvid(below, new Map(), only)).toMatchObject({ ok: false });
    });
  });

  it('is read without harm whatever its bytes are', () => {
    const good = x509(leaf()).raw;
    expect(readLeafExtensions(good).uris).toEqual([ID]);
    const read = (bytes: Buffer) => {
      try {
        readLeafExtensions(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(DerError);
      }
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => read(Buffer.from(bytes))),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, byte, end) => {
        const changed = Buffer.from(good);
        changed[at] = byte;
        read(changed);
        read(changed.subarray(0, end));
      }),
      { numRuns: 5_000 },
    );
  });
});
