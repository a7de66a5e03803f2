import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fuzz } from '../support/mutate.ts';
import { fillIn, OPEN } from './attack-vectors/wire-vector.ts';
import { grant, TEST_FACTS } from './support/facts.ts';
import { routesTo, startSidecar, type TestSidecar } from './support/sidecar.ts';
import { talk } from './support/wire-client.ts';
import { WireReader } from './support/wire-reader.ts';
import { WireUpstream } from './support/wire-upstream.ts';

const SEEDS = [
  `GET ${OPEN}/x HTTP/1.1\r\nX-A: b\r\n★\r\n`,
  `POST ${OPEN}/x HTTP/1.1\r\n★Content-Length: 5\r\n\r\nhello`,
  `POST ${OPEN}/x HTTP/1.1\r\n★Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: u\r\n\r\n`,
  `POST ${OPEN}/a HTTP/1.1\r\n★Content-Length: 2\r\n\r\nhiGET ${OPEN}/b HTTP/1.1\r\n★\r\n`,
  `GET ${OPEN}/ws HTTP/1.1\r\n★Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
];
const DICTIONARY = [
  'Content-Length: 5\r\n',
  'Content-Length: 0\r\n',
  'Transfer-Encoding: chunked\r\n',
  'transfer-encoding: identity\r\n',
  'Host: y\r\n',
  'Connection: close\r\n',
  'Connection: content-length\r\n',
  'Expect: 100-continue\r\n',
  'Upgrade: h2c\r\n',
  'X-Hallpass-Subject: spoofed\r\n',
  'HTTP/1.0',
  'HTTP/1.1',
  'GET ',
  'POST ',
  'HEAD ',
  ' \r\n',
  '\r\n ',
  '\r\n\r\n',
  '0\r\n\r\n',
  '5\r\n',
  ';a="b"',
  `GET ${OPEN}/smuggled HTTP/1.1\r\n★\r\n`,
  '../',
  '%2e%2e/',
  '//',
];

/** Structure-aware noise through the whole sidecar, with two strict readers as judges: one before it, one behind. */
describe('requests of any kind', () => {
  let sidecar: TestSidecar;
  let upstream: WireUpstream;
  let credentials: string;
  beforeAll(async () => {
    upstream = new WireUpstream();
    await upstream.start();
    const facts = [...TEST_FACTS, grant('grt_1', 'member', 'connection:aws-staging')];
    sidecar = await startSidecar({
      facts,
      routes: routesTo(upstream.url),
      decisionToken: 'app',
      config: { limits: { headers_timeout_ms: 1_000 } },
    });
    credentials = `Authorization: Bearer ${await sidecar.tokenOf('member')}\r\n`;
  });
  afterAll(async () => {
    await sidecar.stop();
    await upstream.stop();
  });

  it('reach the upstream as a strict reader would have read them, or not at all', async () => {
    let passed = 0;
    const seeds = SEEDS.map((seed) => Buffer.from(seed.replaceAll('★', '\x1a'), 'latin1'));
    const dictionary = DICTIONARY.map((word) => word.replaceAll('★', '\x1a'));
    await fuzz({ seeds, runs: 300, dictionary }, async (bytes) => {
      upstream.forget();
      const sent = fillIn(bytes.toString('latin1').replaceAll('\x1a', '★'), credentials);
      const before = new WireReader('request');
      // Empty lines before a request are passed over (RFC 9112 2.2).
      before.push(sent.replace(/^(\r\n)+/, ''));
      const { problem } = await talk(sidecar.proxy.ports.proxy, sent, {
        answers: Math.max(1, before.messages.length),
        timeoutMs: 200,
      });
      // The answer to a HEAD, or a switch of protocols, is not read to its end here.
      if (problem !== null) expect(sent).toMatch(/HEAD |websocket/i);
      expect(upstream.problems).toEqual([]);
      const read = before.messages.map(({ start, body }) => [start.split(' ')[0], body].join(' '));
      for (const { start, headers, body } of upstream.requests) {
        passed += 1;
        const [method] = start.split(' ');
        expect(read).toContain([method, body].join(' '));
        read.splice(read.indexOf([method, body].join(' ')), 1);
        const names = headers.map(([name]) => name.toLowerCase());
        expect(headers.find(([name]) => name.toLowerCase() === 'x-hallpass-subject')?.[1]).toBe('per_member');
        expect(names.filter((name) => name.replaceAll(/[_.]/g, '-') === 'x-hallpass-subject')).toHaveLength(1);
      }
    });
    expect(passed).toBeGreaterThan(10);
    expect(
      (await talk(sidecar.proxy.ports.proxy, fillIn(`GET ${OPEN}/end HTTP/1.1\r\n★\r\n`, credentials), { answers: 1 }))
        .statuses,
    ).toEqual([200]);
  }, 180_000);

  it('to the decision API are answered by what they ask, or refused: never allowed, never a fault of ours', async () => {
    const seeds = [
      JSON.stringify({
        subject: { type: 'user', id: 'member@example.com' },
        action: { name: 'read' },
        resource: { type: 'feature', id: 'cost-explorer' },
        context: { a: 1 },
      }),
      JSON.stringify({
        subject: { type: 'user', id: 'per_member' },
        evaluations: [{ action: { name: 'read' }, resource: { type: 'feature', id: 'cost-explorer' } }],
        options: { evaluations_semantic: 'deny_on_first_deny' },
      }),
      JSON.stringify({
        subject: { type: 'user', id: 'per_member' },
        action: { name: 'read' },
        resource: { type: 'feature' },
        page: { token: '', limit: 5 },
      }),
    ];
    const paths = [
      '/access/v1/evaluation',
      '/access/v1/evaluations',
      '/access/v1/search/resource',
      '/access/v1/search/subject',
      '/access/v1/search/action',
    ];
    const dictionary = [
      '"subject":',
      '"type":',
      '"id":',
      '"evaluations":[',
      '"page":{"token":"',
      '"limit":-1',
      '1e400',
      'per_admin',
      '[[[[[[',
      '{"a":',
    ];
    const seen = new Set<number>();
    let run = 0;
    await fuzz({ seeds, runs: 400, dictionary }, async (bytes) => {
      run += 1;
      const answer = await fetch(sidecar.decisionUrl + paths[run % paths.length], {
        method: 'POST',
        headers: { authorization: 'Bearer app', 'content-type': 'application/json' },
        body: new Uint8Array(bytes),
      });
      seen.add(answer.status);
      expect([200, 400, 413]).toContain(answer.status);
      // A member; the feature is for Admins. Mutants may ask about an Admin, who may.
      const text = await answer.text();
      if (!bytes.includes('admin')) expect(text).not.toContain('"decision":true');
    });
    expect([...seen].toSorted()).toEqual([200, 400]);
  });

  it('that claim to know of a newer revision are told to wait, by a whole number only', async () => {
    const seeds = ['7', '0', '999999999999999', '-1', '1e9', '0x7', '7, 7', ''];
    await fuzz({ seeds, runs: 150, dictionary: ['7', ',', ' ', '.', 'e', '+', '-'] }, async (bytes) => {
      const value = bytes
        .toString('latin1')
        .replaceAll(/[^\x20-\x7e]/g, '')
        .trim();
      const get = `GET /connections/aws-production/x HTTP/1.1\r\n★Hallpass-After-Revision: ${value}\r\n\r\n`;
      const { statuses } = await talk(sidecar.proxy.ports.proxy, fillIn(get, credentials), { answers: 1 });
      expect(statuses).toEqual([/^\d{1,15}$/.test(value) && Number(value) > 0 ? 503 : 403]);
    });
  });
});
