import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { grant, TEST_FACTS } from './support/facts.ts';
import { sendRaw } from './support/raw-http.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

const OURS: Record<string, string> = {
  'x-hallpass-subject': 'per_member',
  'x-hallpass-email': 'member@example.com',
  'x-hallpass-role': 'member',
  'x-forwarded-for': '127.0.0.1',
  'x-forwarded-proto': 'http',
  'x-forwarded-host': 'proxy.example.com',
};

const SPOOFED = [
  'X-Hallpass-Subject',
  'x_hallpass_subject',
  'X.Hallpass.Subject',
  'X-HALLPASS_Email',
  'X-Hallpass-Role',
  'X-Hallpass-Evaluation-Id',
  'X-Hallpass-Anything',
  'Hallpass-After-Revision',
  'X-Forwarded-For',
  'X_Forwarded_For',
  'X.Forwarded.For',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'X-Forwarded-Port',
  'X-Forwarded-Prefix',
  'X-Forwarded-Uri',
  'X-Forwarded-Method',
  'X-Forwarded-User',
  'X-Forwarded-Email',
  'X-Forwarded-Client-Cert',
  'Forwarded',
  'X-Real-IP',
  'X-Original-URL',
  'X-Original-Uri',
  'X-Rewrite-URL',
  'X-HTTP-Method-Override',
  'X-HTTP-Method',
  'X-Method-Override',
  'Remote-User',
  'Remote_User',
  'Remote-Groups',
  'X-Remote-User',
  'X-Auth-Request-User',
  'X-Auth-Request-Email',
  'X_Auth_Request_User',
  'X-User',
  'X-User-Id',
  'X-User-Email',
  'X-WEBAUTH-USER',
  'X-Goog-Authenticated-User-Email',
  'X-MS-CLIENT-PRINCIPAL',
  'X-Amzn-Oidc-Identity',
  'X-SSL-Client-Verify',
  'X-Envoy-Original-Path',
  'True-Client-IP',
  'X-Middleware-Subrequest',
  'Proxy',
  'Proxy-Authorization',
  'Proxy-Connection',
  'Keep-Alive',
  'TE',
  'Trailer',
];

describe('identity headers of a client', () => {
  let sidecar: TestSidecar;
  let auth: string;
  beforeAll(async () => {
    sidecar = await startSidecar({ facts: [...TEST_FACTS, grant('grt_1', 'member', 'connection:aws-staging')] });
    auth = `Authorization: Bearer ${await sidecar.tokenOf('member')}\r\n`;
  });
  afterAll(() => sidecar.stop());

  const send = async (headers: string) => {
    const answer = await sendRaw(
      sidecar.proxy.ports.proxy,
      `GET /connections/aws-staging/echo HTTP/1.1\r\nHost: spoofed.example\r\n${auth}${headers}\r\n`,
      40,
    );
    expect(answer.status).toBe(200);
    return sidecar.upstream.last;
  };
  const named = (rawHeaders: readonly string[], canonical: string) =>
    rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase().replaceAll(/[_.]/g, '-') === canonical);

  it.each(SPOOFED)('%s never reaches the upstream, in any case, once or twice', async (name) => {
    for (const spelling of [name, name.toLowerCase(), name.toUpperCase()]) {
      const { headers, rawHeaders } = await send(`${spelling}: spoofed-1\r\n${spelling}: spoofed-2\r\n`);
      expect(JSON.stringify(rawHeaders)).not.toContain('spoofed-');
      expect(JSON.stringify(rawHeaders)).not.toContain('spoofed.example');
      expect(headers).toMatchObject(OURS);
      for (const own of Object.keys(OURS)) expect(named(rawHeaders, own)).toHaveLength(1);
    }
  });

  it('can not be saved by being nominated, nor can ours be taken away', async () => {
    const names = [...Object.keys(OURS), 'x-hallpass-evaluation-id', 'via', 'x_hallpass_subject', 'x-real-ip'];
    const { headers, rawHeaders } = await send(
      `Connection: keep-alive, ${names.join(', ')}\r\nX-Hallpass-Subject: spoofed\r\nX-Real-IP: spoofed\r\n`,
    );
    expect(headers).toMatchObject(OURS);
    expect(headers['x-hallpass-evaluation-id']).toMatch(/^ev_/);
    expect(JSON.stringify(rawHeaders)).not.toContain('spoofed');
  });

  it('goes by what is nominated for everything else', async () => {
    const { headers } = await send(
      'Connection: X-Only-For-You\r\nX-Only-For-You: 1\r\nX-For-All: 2\r\nX-For-All: 3\r\n',
    );
    expect(headers['x-only-for-you']).toBeUndefined();
    expect(headers['x-for-all']).toBe('2, 3');
  });

  it('leaves what is no identity alone', async () => {
    const { headers } = await send(
      'User-Agent: kube-probe/1.0\r\nX-User-Agent: grpc-web\r\nX-Request-ID: 7\r\nAccept: a/b\r\n',
    );
    expect(headers).toMatchObject({ 'user-agent': 'kube-probe/1.0', 'x-user-agent': 'grpc-web', 'x-request-id': '7' });
  });

  it('never reaches the upstream of a WebSocket either', async () => {
    const answer = await sendRaw(
      sidecar.proxy.ports.proxy,
      `GET /connections/aws-staging/ws HTTP/1.1\r\nHost: spoofed.example\r\n${auth}Connection: Upgrade, X-Hallpass-Subject\r\n` +
        'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
        'X-Hallpass-Subject: spoofed\r\nX_Forwarded_User: spoofed\r\nX-Forwarded-For: spoofed\r\n\r\n',
    );
    expect(answer.status).toBe(101);
    expect(sidecar.upstream.last.headers).toMatchObject(OURS);
    expect(JSON.stringify(sidecar.upstream.last.rawHeaders)).not.toContain('spoofed');
  });

  it('does not turn the Host of a client into a link', async () => {
    const answer = await sendRaw(
      sidecar.proxy.ports.proxy,
      `GET /connections/aws-production/echo HTTP/1.1\r\nHost: spoofed.example\r\n${auth}X-Forwarded-Host: spoofed.example\r\n\r\n`,
    );
    expect(answer.status).toBe(403);
    expect(answer.text).not.toContain('spoofed');
  });
});
