import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { authority, issueCertificate, type Issued } from '../support/certificate-maker.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { grant, person, TEST_FACTS } from './support/facts.ts';
import { AUDIENCE } from './support/identity-provider.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

const ID = 'spiffe://prod.example.org/billing/api';

const prod = authority('prod authority');
const server = authority('server authority');

let directory: Awaited<ReturnType<typeof makeTemporaryDirectory>>;
let sidecar: TestSidecar;
let sockets: WebSocket[] = [];
beforeEach(async () => {
  directory = await makeTemporaryDirectory('identity-end');
});
afterEach(async () => {
  for (const socket of sockets) socket.terminate();
  sockets = [];
  await sidecar.stop();
  await directory.remove();
});

async function start(): Promise<void> {
  const { certificate, key } = issueCertificate({ name: 'server', issuer: server, ips: ['127.0.0.1'] });
  const path = (name: string) => join(directory.path, name);
  await Promise.all([
    writeFile(path('server.crt'), certificate),
    writeFile(path('server.key'), key),
    writeFile(path('prod.crt'), prod.certificate),
  ]);
  sidecar = await startSidecar({
    facts: [
      ...TEST_FACTS,
      person('billing', 'member', { sub: ID }),
      grant('grt_1', 'billing', 'connection:aws-production'),
    ],
    config: { proxy: { port: 0, tls: { certificate: path('server.crt'), key: path('server.key') } } },
    identity: (idp) => ({
      jwt: { jwks_url: idp.jwksUrl, issuer: idp.issuer, audience: AUDIENCE, workloads: true },
      mtls: { trust_domains: [{ name: 'prod.example.org', ca: path('prod.crt') }] },
      cut_when_credential_ends: true,
    }),
  });
}

/** @param onCut called when the sidecar ends it for want of a right */
function open(client: Issued, headers: Record<string, string>, onCut: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const url = `wss://127.0.0.1:${sidecar.proxy.ports.proxy}/connections/aws-production/ws`;
    const { certificate: cert, key } = client;
    const socket = new WebSocket(url, { ca: server.certificate, cert, key, headers });
    sockets.push(socket);
    socket.on('open', resolve).on('error', reject);
    socket.on('close', (code) => {
      if (code === 1008) onCut();
    });
  });
}

it('a certificate that ends cuts what is open, also beside a token that lasts', async () => {
  await start();
  // Certificates know whole seconds.
  const endsMs = Math.ceil(Date.now() / 1000) * 1000 + 5_000;
  const workload = (changes = {}) => issueCertificate({ name: 'billing', issuer: prod, uris: [ID], ...changes });
  const cuts: number[] = [];
  const onCut = () => cuts.push(Date.now());
  await Promise.all([
    open(workload({ untilMs: endsMs }), {}, onCut),
    open(workload({ untilMs: endsMs }), { authorization: `Bearer ${await sidecar.idp.sign(ID)}` }, onCut),
    open(workload(), {}, onCut),
  ]);
  await waitUntil('two to be cut', () => cuts.length === 2);
  for (const cut of cuts) expect(cut).toBeGreaterThanOrEqual(endsMs);
  expect(await sidecar.metrics()).toContain('hallpass_proxy_cuts_total{reason="identity-expired"} 2');
  expect(sidecar.upstream.open).toBe(1);
});
