import { writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { selfSigned } from '../support/self-signed.ts';
import { buildExtAuthzClient } from '../support/build-ext-authz-client.ts';
import { startExtAuthzClient } from '../support/start-ext-authz-client.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { ALLOWED, ASK, ASKING_TOKEN } from './support/asking-proxies.ts';
import { grant, TEST_FACTS } from './support/facts.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

const [server, asker, stranger] = [selfSigned(), selfSigned(), selfSigned()];

// The certificate alone decides who may ask: no token is set.
describe('external authorization for askers with a certificate', () => {
  let directory: Awaited<ReturnType<typeof makeTemporaryDirectory>>;
  let sidecar: TestSidecar;
  const file = (name: string) => join(directory.path, name);
  beforeAll(async () => {
    await buildExtAuthzClient();
    directory = await makeTemporaryDirectory('mtls');
    for (const [name, pair] of Object.entries({ server, asker, stranger })) {
      await writeFile(file(`${name}.crt`), pair.certificate);
      await writeFile(file(`${name}.key`), pair.key);
    }
    const tls = { certificate: file('server.crt'), key: file('server.key'), client_ca: file('asker.crt') };
    sidecar = await startSidecar({
      facts: [...TEST_FACTS, grant('grt_staging', 'member', 'scope:staging')],
      config: {
        external_auth: { host: '127.0.0.1', tls, http: { port: 0, dialects: ['traefik'] }, grpc: { port: 0 } },
      },
    });
  }, 900_000);
  afterAll(async () => {
    await sidecar?.stop();
    await directory?.remove();
  });

  const overHttps = async (pair: { certificate: string; key: string } | null, token: string | null = null) => {
    const { headers, ...to } = ASK.traefik({ path: ALLOWED });
    const identity = { authorization: `Bearer ${await sidecar.tokenOf('member')}` };
    return new Promise<number>((resolve, reject) => {
      const sent = request(
        {
          host: '127.0.0.1',
          port: sidecar.proxy.ports.externalAuth!,
          ...to,
          ca: server.certificate,
          ...(pair === null ? {} : { cert: pair.certificate, key: pair.key }),
          headers: { ...headers, ...identity, ...(token === null ? {} : { 'hallpass-external-auth-token': token }) },
        },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode!);
        },
      );
      sent.on('error', reject).end();
    });
  };

  it('answers the one over HTTPS, and nobody else', async () => {
    expect(await overHttps(asker)).toBe(200);
    await expect(overHttps(stranger)).rejects.toThrow();
    await expect(overHttps(null)).rejects.toThrow();
    await expect(overHttps(null, ASKING_TOKEN)).rejects.toThrow();
  });

  it('answers the one over gRPC, and nobody else', async () => {
    const headers = { ':path': ALLOWED, authorization: `Bearer ${await sidecar.tokenOf('member')}` };
    const asked = { attributes: { request: { http: { method: 'GET', path: ALLOWED, host: 'app', headers } } } };
    const askAs = async (name: string | null) => {
      const own = name === null ? {} : { cert: file(`${name}.crt`), key: file(`${name}.key`) };
      const address = `127.0.0.1:${sidecar.proxy.ports.externalAuthGrpc}`;
      const client = await startExtAuthzClient(address, { ca: file('server.crt'), ...own });
      try {
        return await client.check(asked);
      } finally {
        await client.stop();
      }
    };
    expect((await askAs('asker')).response?.status).toEqual({});
    expect(await askAs('stranger')).toMatchObject({ code: 14 });
    expect(await askAs(null)).toMatchObject({ code: 14 });
  });
});
