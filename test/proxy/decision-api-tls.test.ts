import { writeFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readTls } from '../../proxy/decision-api/read-tls.ts';
import { selfSigned } from '../support/self-signed.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

describe('the decision API over HTTPS', () => {
  let directory: Awaited<ReturnType<typeof makeTemporaryDirectory>>;
  let sidecar: TestSidecar | null = null;
  const pair = selfSigned();
  beforeEach(async () => {
    directory = await makeTemporaryDirectory('tls');
  });
  afterEach(async () => {
    await sidecar?.stop();
    sidecar = null;
    await directory.remove();
  });

  const start = async () => {
    const tls = { certificate: join(directory.path, 'tls.crt'), key: join(directory.path, 'tls.key') };
    sidecar = await startSidecar({ config: { decision_api: { port: 0, tls } } });
    return sidecar.proxy.ports.decision;
  };
  const ask = (port: number, method: string, path: string, body?: object) =>
    new Promise<any>((resolve, reject) => {
      const request = httpsRequest(
        {
          host: '127.0.0.1',
          port,
          method,
          path,
          ca: pair.certificate,
          headers: { 'content-type': 'application/json' },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk));
          response.on('end', () => resolve(JSON.parse(text)));
        },
      );
      request.on('error', reject);
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });

  it('answers by the certificate of the configuration, and names itself by https', async () => {
    await writeFile(join(directory.path, 'tls.crt'), pair.certificate);
    await writeFile(join(directory.path, 'tls.key'), pair.key);
    const port = await start();
    const metadata = await ask(port, 'GET', '/.well-known/authzen-configuration');
    expect(metadata.policy_decision_point).toBe(`https://127.0.0.1:${port}`);
    const question = {
      subject: { type: 'user', id: 'per_admin' },
      resource: { type: 'feature', id: 'cost-explorer' },
      action: { name: 'use' },
    };
    expect(await ask(port, 'POST', '/access/v1/evaluation', question)).toMatchObject({ decision: true });
    await expect(fetch(`http://127.0.0.1:${port}/.well-known/authzen-configuration`)).rejects.toThrow('fetch failed');
  });

  it('says which file is missing', async () => {
    const files = { certificate: join(directory.path, 'tls.crt'), key: join(directory.path, 'none.key') };
    await writeFile(files.certificate, pair.certificate);
    await expect(readTls(files, 'decision_api.tls')).rejects.toThrow(
      /decision_api\.tls: .*none\.key can't be read \(ENOENT\)/,
    );
  });
});
