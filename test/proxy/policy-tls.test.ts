import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '../../core/process/logger.ts';
import { closeServer, listen } from '../../core/process/ops-server.ts';
import { createPolicy } from '../../proxy/policy/create-policy.ts';
import { policySchema } from '../../proxy/policy/policy-settings.ts';
import { buildWithOpa } from '../support/opa-bundle.ts';
import { selfSigned } from '../support/self-signed.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

let directory: { readonly path: string; remove(): Promise<void> };
let server: Server;
let sidecar: TestSidecar | null = null;
let url: string;
const seen: boolean[] = [];

/** A bundle server that wants to see a certificate. */
beforeEach(async () => {
  directory = await makeTemporaryDirectory('mtls');
  const [own, client] = [selfSigned(), selfSigned()];
  const files = { 'ca.pem': own.certificate, 'tls.crt': client.certificate, 'tls.key': client.key };
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory.path, name), text);
  const bundle = await buildWithOpa({ revision: 'by tls' });
  const options = { cert: own.certificate, key: own.key, ca: client.certificate, requestCert: true };
  server = createServer({ ...options, rejectUnauthorized: true }, (request, response) => {
    seen.push((request.socket as TLSSocket).authorized);
    response.writeHead(200, { 'content-type': 'application/gzip' }).end(bundle);
  });
  url = `https://127.0.0.1:${await listen(server as never, 0, '127.0.0.1')}/hallpass.tar.gz`;
});
afterEach(async () => {
  await sidecar?.stop();
  sidecar = null;
  await closeServer(server as never);
  await directory.remove();
});

const path = (name: string): string => join(directory.path, name);

describe('a policy over TLS', () => {
  it('comes from a server that a named issuer vouches for, to a sidecar that shows its certificate', async () => {
    const tls = { ca: path('ca.pem'), certificate: path('tls.crt'), key: path('tls.key') };
    sidecar = await startSidecar({ policy: { bundle: url, tls, min_delay_ms: 10, max_delay_ms: 20 } });
    expect(await sidecar.metrics()).toContain('policy_info{revision="by tls"} 1');
    expect(seen.every(Boolean) && seen.length > 0).toBe(true);
  });

  it.each([
    ['the server is vouched for by nobody', () => ({ certificate: path('tls.crt'), key: path('tls.key') })],
    ['the sidecar shows no certificate', () => ({ ca: path('ca.pem') })],
  ])('does not come when %s', async (_name, tls) => {
    const policy = { bundle: url, tls: tls(), min_delay_ms: 10, max_delay_ms: 20 };
    sidecar = await startSidecar({ policy, unready: true });
    await waitUntil('the report', () => sidecar!.proxy.readiness().missing.join().includes('could not be reached'));
  });
});

describe('the settings of a policy', () => {
  const problemsOf = (policy: object): string[] => {
    const parsed = policySchema.safeParse(policy);
    return parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  };

  it('name what is wrong with them', () => {
    expect(problemsOf({ bundle: 'http://bundles.example.com/x' }).join()).toMatch(
      /bundle: .*https:\/\/, or set policy\.signing/,
    );
    expect(problemsOf({ bundle: 'https://u:p@bundles.example.com/x' }).join()).toMatch(/without query and password/);
    expect(problemsOf({ bundle: 'b', min_delay_ms: 2, max_delay_ms: 1 })).toEqual([
      'max_delay_ms: must not be below min_delay_ms',
    ]);
    expect(problemsOf({ bundle: 'b', signing: { keys: {} } }).join()).toMatch(/signing\.keys: needs a key/);
    expect(problemsOf({ bundle: 'b', signing: { keys: { a: {} } } }).join()).toMatch(/needs one of key and file/);
    expect(problemsOf({ bundle: 'b', signing: { keys: { a: { key: 'k' } }, keyid: 'b' } }).join()).toMatch(
      /none of the keys/,
    );
    expect(problemsOf({ bundle: 'b', tls: { certificate: 'c' } }).join()).toMatch(/certificate and key together/);
    expect(problemsOf({ bundle: 'http://bundles.example.com/x', signing: { keys: { a: { key: 'k' } } } })).toEqual([]);
  });

  it('name a file or key that can not be used, when the sidecar starts', async () => {
    const start = (policy: object) =>
      createPolicy({
        settings: policySchema.parse({ bundle: 'b', ...policy }),
        limits: { policy_request_timeout_ms: 1_000 } as never,
        token: null,
        clock: Date.now,
        logger: createLogger('proxy', 'silent'),
        keepsPrinted: false,
      });
    await expect(start({ signing: { keys: { a: { file: path('no') } } } })).rejects.toThrow(
      /policy\.signing\.keys\.a: .*no can't be read \(ENOENT\)/,
    );
    await expect(start({ signing: { keys: { a: { file: path('tls.key') } } } })).rejects.toThrow(/is a private key/);
    await expect(start({ bundle: url, tls: { ca: path('no') } })).rejects.toThrow(/policy\.tls: .*ENOENT/);
  });
});
