import { rename, writeFile } from 'node:fs/promises';
import { Agent, request as httpsRequest } from 'node:https';
import { connect as netConnect } from 'node:net';
import { join } from 'node:path';
import { connect as tlsConnect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { authority, issueCertificate, type CertificateRequest, type Issued } from '../support/certificate-maker.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { grant, person, TEST_FACTS } from './support/facts.ts';
import { AUDIENCE } from './support/identity-provider.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

const ID = 'spiffe://prod.example.org/billing/api';
const PATH = '/connections/aws-production/echo';
const ALLOWED = { status: 200, reason: 'allowed' };
const INVALID = { status: 401, reason: 'identity-invalid' };

const prod = authority('prod authority');
const test = authority('test authority');
const server = authority('server authority');

function workload(changes: Partial<CertificateRequest> = {}): Issued {
  return issueCertificate({ name: 'billing', issuer: prod, uris: [ID], ...changes });
}

describe('client certificates', () => {
  let directory: Awaited<ReturnType<typeof makeTemporaryDirectory>>;
  let sidecar: TestSidecar;
  let port: number;
  const agents: Agent[] = [];
  beforeEach(async () => {
    directory = await makeTemporaryDirectory('mtls');
    await Promise.all([
      put('server', issueCertificate({ name: 'server', issuer: server, ips: ['127.0.0.1'] })),
      put('prod', prod),
      put('test', test),
    ]);
  });
  afterEach(async () => {
    for (const agent of agents.splice(0)) agent.destroy();
    await sidecar?.stop();
    await directory.remove();
  });

  const path = (name: string) => join(directory.path, name);
  /** In one step, as whoever rotates certificates should. */
  const put = async (name: string, { certificate, key }: Pick<Issued, 'certificate' | 'key'>) => {
    for (const [end, text] of [
      ['crt', certificate],
      ['key', key],
    ] as const) {
      await writeFile(path(`${name}.${end}.new`), text);
      await rename(path(`${name}.${end}.new`), path(`${name}.${end}`));
    }
  };
  const tls = (more: object = {}) => ({
    certificate: path('server.crt'),
    key: path('server.key'),
    poll_ms: 20,
    ...more,
  });
  const start = async (more: { tls?: object; identity?: object } = {}) => {
    sidecar = await startSidecar({
      facts: [
        ...TEST_FACTS,
        person('billing', 'member', { sub: ID }),
        grant('grt_1', 'billing', 'connection:aws-production'),
        grant('grt_2', 'member', 'connection:aws-production'),
      ],
      config: { proxy: { port: 0, tls: tls(more.tls) } },
      identity: (idp) => ({
        jwt: { jwks_url: idp.jwksUrl, issuer: idp.issuer, audience: AUDIENCE, workloads: true },
        mtls: {
          trust_domains: [
            { name: 'prod.example.org', ca: path('prod.crt') },
            { name: 'test.example.org', ca: path('test.crt') },
          ],
        },
        ...more.identity,
      }),
    });
    port = sidecar.proxy.ports.proxy;
  };
  /** A client that keeps its one connection. */
  const agentOf = (client: Issued | null, more: string = '') => {
    const agent = new Agent({
      keepAlive: true,
      maxSockets: 1,
      ca: server.certificate,
      ...(client === null ? {} : { cert: client.certificate + more, key: client.key }),
    });
    agents.push(agent);
    return agent;
  };
  const visit = (agent: Agent, headers: Record<string, string> = {}, method = 'GET') =>
    new Promise<{ status: number; reason: string; reused: boolean }>((resolve, reject) => {
      const request = httpsRequest({ host: '127.0.0.1', port, path: PATH, method, agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk));
        response.on('end', () => {
          const { reason = 'allowed' } = JSON.parse(text) as { reason?: string };
          resolve({ status: response.statusCode ?? 0, reason, reused: request.reusedSocket });
        });
      });
      request.on('error', reject);
      request.end();
    });
  const answer = async (agent: Agent, headers?: Record<string, string>, method?: string) => {
    const { status, reason } = await visit(agent, headers, method);
    return { status, reason };
  };

  const loaded = async () => /tls_loads_total\{result="loaded"\} [1-9]/.test(await sidecar.metrics());

  it('name the workload they were issued to, as a person by that name', async () => {
    await start();
    expect(await answer(agentOf(workload()))).toEqual(ALLOWED);
    expect(sidecar.upstream.last.headers['x-hallpass-subject']).toBe('per_billing');
    const other = workload({ uris: ['spiffe://prod.example.org/unknown'] });
    expect(await answer(agentOf(other))).toEqual({ status: 403, reason: 'subject-unknown' });
  });

  it('may be left out, and then say nothing', async () => {
    await start();
    expect(await answer(agentOf(null))).toEqual({ status: 401, reason: 'identity-missing' });
    expect(await answer(agentOf(null), { authorization: `Bearer ${await sidecar.tokenOf('member')}` })).toEqual(
      ALLOWED,
    );
  });

  it('are none that their own trust domain has not issued', async () => {
    await start();
    const stranger = authority('nobody');
    const forged = issueCertificate({ name: test.name, issuer: { ...stranger, name: prod.name }, isCa: true });
    const bad: [string, Issued, string?][] = [
      ['of an unknown authority', workload({ issuer: stranger })],
      ['of one that calls itself like a known one', workload({ issuer: authority(prod.name) })],
      ['signed by itself', workload({ issuer: null })],
      ['of the other trust domain', workload({ issuer: test })],
      ['of the other trust domain, with a forged intermediate', workload({ issuer: test }), forged.certificate],
      ['that is past', workload({ fromMs: Date.now() - 7_200_000, untilMs: Date.now() - 3_600_000 })],
      ['that is not good yet', workload({ fromMs: Date.now() + 3_600_000 })],
      ['with two names', workload({ uris: [ID, 'spiffe://prod.example.org/other'] })],
      ['of an authority', workload({ isCa: true })],
    ];
    const bearer = { authorization: `Bearer ${await sidecar.tokenOf('member')}` };
    for (const [name, certificate, more] of bad) {
      expect([name, await answer(agentOf(certificate, more))]).toEqual([name, INVALID]);
      // Not excused by a good token.
      expect([name, await answer(agentOf(certificate, more), bearer)]).toEqual([name, INVALID]);
    }
    expect(sidecar.upstream.requests).toEqual([]);
  });

  it('come through intermediates, of one trust domain, or that are in the bundle of theirs', async () => {
    const middle = issueCertificate({ name: 'middle', issuer: prod, isCa: true });
    const client = workload({ issuer: middle });
    await start();
    expect(await answer(agentOf(client, middle.certificate))).toEqual(INVALID);
    await writeFile(path('prod.crt'), prod.certificate + middle.certificate);
    await waitUntil('the new bundle', loaded);
    expect(await answer(agentOf(client, middle.certificate))).toEqual(ALLOWED);
    await sidecar.stop();
    await put('prod', prod);
    await start({ identity: { mtls: { trust_domains: [{ name: 'prod.example.org', ca: path('prod.crt') }] } } });
    const agent = agentOf(client, middle.certificate);
    expect(await answer(agent)).toEqual(ALLOWED);
    expect(await answer(agentOf(client))).toEqual(INVALID);
    // One more authority changes nothing for what is open; one less does.
    await writeFile(path('prod.crt'), authority('more').certificate + prod.certificate);
    await waitUntil('one more', loaded);
    expect(await visit(agent)).toMatchObject({ ...ALLOWED, reused: true });
    await put('prod', authority('another'));
    await waitUntil('its end', async () => (await answer(agent)).status === 401);
  });

  it('and another credential must speak of the same subject', async () => {
    await start();
    const agent = agentOf(workload());
    expect(await answer(agent, { authorization: `Bearer ${await sidecar.tokenOf('member')}` })).toEqual(INVALID);
    expect(await answer(agent, { authorization: `Bearer ${await sidecar.idp.sign(ID)}` })).toEqual(ALLOWED);
    expect(await answer(agent, { authorization: 'Bearer garbage' })).toEqual(INVALID);
    const evil = { 'sec-fetch-site': 'cross-site' };
    expect(await answer(agent, evil, 'POST')).toEqual({ status: 400, reason: 'request-refused' });
    expect(await answer(agent, { 'x-forwarded-client-cert': 'URI=spiffe://prod.example.org/root' })).toEqual(ALLOWED);
    expect(sidecar.upstream.last.headers['x-forwarded-client-cert']).toBeUndefined();
  });

  it('end on a connection that goes on', async () => {
    await start();
    // Certificates know whole seconds.
    const agent = agentOf(workload({ untilMs: Date.now() + 3_000 }));
    expect(await visit(agent)).toMatchObject({ ...ALLOWED, reused: false });
    await waitUntil('its end', async () => {
      const { status, reused } = await visit(agent);
      expect(reused).toBe(true);
      return status === 401;
    });
    expect(await answer(agent)).toEqual(INVALID);
  });

  it('carry WebSockets through the same gate', async () => {
    await start();
    const url = `wss://127.0.0.1:${port}/connections/aws-production/ws`;
    const open = (client: Issued) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(url, { ca: server.certificate, cert: client.certificate, key: client.key });
        socket.on('message', (data) => {
          resolve(String(data as Buffer));
          socket.terminate();
        });
        socket.on('error', (error) => resolve(error.message));
      });
    expect(await open(workload())).toBe('tick');
    expect(await open(workload({ issuer: test }))).toMatch(/401/);
  });

  it('are verified at each connection, never taken over from an earlier one', async () => {
    await start();
    const client = workload();
    const dial = (session?: Buffer) =>
      new Promise<{ reused: boolean; sessions: Buffer[] }>((resolve, reject) => {
        const sessions: Buffer[] = [];
        const options = { port, host: '127.0.0.1', ca: server.certificate, cert: client.certificate, key: client.key };
        const socket: TLSSocket = tlsConnect({ ...options, ...(session === undefined ? {} : { session }) });
        socket.on('session', (given: Buffer) => sessions.push(given));
        socket.on('error', reject);
        socket.on('close', () => resolve({ reused, sessions }));
        let reused = false;
        socket.on('secureConnect', () => {
          reused = socket.isSessionReused();
          socket.write(`GET ${PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
        });
        socket.resume();
      });
    const { sessions } = await dial();
    for (const session of sessions) expect((await dial(session)).reused).toBe(false);
  });

  it('are asked of everybody where they are required', async () => {
    await start({ tls: { client_certificates: 'required' } });
    expect(await answer(agentOf(workload()))).toEqual(ALLOWED);
    await expect(visit(agentOf(null))).rejects.toThrow();
    await expect(visit(agentOf(workload({ issuer: authority('nobody') })))).rejects.toThrow();
    await waitUntil('the count', async () =>
      /unreadable_requests_total\{reason="tls"\} 2/.test(await sidecar.metrics()),
    );
    // What is no TLS at all gets no HTTP either.
    const got = await new Promise<string>((resolve) => {
      let text = '';
      const socket = netConnect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'));
      socket.on('data', (chunk) => void (text += chunk.toString('latin1')));
      socket.on('error', () => {});
      socket.on('close', () => resolve(text));
    });
    expect(got).not.toContain('HTTP/1.1');
  });

  it('and their authorities are taken anew from the files, for open connections too', async () => {
    await start();
    const agent = agentOf(workload());
    expect(await answer(agent)).toEqual(ALLOWED);
    const renewed = issueCertificate({ name: 'server 2', issuer: server, ips: ['127.0.0.1'] });
    // Not both at once: until they fit together, the old pair stays.
    await writeFile(path('server.key'), renewed.key);
    await waitUntil('the refusal', async () => /tls_loads_total\{result="refused"\} 1/.test(await sidecar.metrics()));
    expect(await answer(agentOf(workload()))).toEqual(ALLOWED);
    await put('server', renewed);
    const served = () =>
      new Promise<string>((resolve, reject) => {
        const socket = tlsConnect({ port, host: '127.0.0.1', ca: server.certificate }, () => {
          resolve(socket.getPeerCertificate().subject.CN as string);
          socket.destroy();
        });
        socket.on('error', reject);
      });
    await waitUntil('the new certificate', async () => (await served()) === 'server 2');
    expect(await visit(agent)).toMatchObject({ ...ALLOWED, reused: true });
    // The authority is replaced: what it has issued is worth nothing, at once.
    const successor = authority('prod authority 2');
    await put('prod', successor);
    await waitUntil('the new authority', async () => (await answer(agent)).status === 401);
    expect(await answer(agentOf(workload({ issuer: successor })))).toEqual(ALLOWED);
    expect(await answer(agentOf(workload()))).toEqual(INVALID);
  });

  it('only open the connection where nothing reads them', async () => {
    await put('client-ca', test);
    await start({
      tls: { client_certificates: 'required', client_ca: path('client-ca.crt') },
      identity: { mtls: undefined },
    });
    const gateway = agentOf(workload({ issuer: test, uris: ['spiffe://test.example.org/gateway'] }));
    expect(await answer(gateway)).toEqual({ status: 401, reason: 'identity-missing' });
    expect(await answer(gateway, { authorization: `Bearer ${await sidecar.tokenOf('member')}` })).toEqual(ALLOWED);
  });
});
