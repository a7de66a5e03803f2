import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import type { ProxyConfigInput } from '../../proxy/config.ts';
import { RecordingUpstream } from '../proxy/support/recording-upstream.ts';
import { startChild, type TestChild } from '../support/child-process.ts';
import { findFreePort } from '../support/free-port.ts';
import { startCaddy, startNginx, type FrontProxy } from '../support/front-proxy.ts';
import { httpClient } from '../support/http-client.ts';
import { startStack, type Stack } from '../support/quickstart-stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { approve, ask, AWS_PRODUCTION, PRODUCTION, waitUntilInEffect } from './access-loop.ts';

const TOKEN = 'token-of-the-asking-proxies';
const PATH = `${PRODUCTION}/echo?ticket=7`;

const FRONTS = [
  ['nginx', startNginx],
  ['caddy', startCaddy],
] as const;

// Somebody keeps their own proxy. The whole loop: refused, asked, granted, in, revoked, out.
describe.each(FRONTS)('behind a %s that asks', (dialect, startFront) => {
  let stack: Stack;
  let upstream: RecordingUpstream;
  let sidecar: TestChild;
  let front: FrontProxy;
  beforeAll(async () => {
    stack = await startStack('embedded');
    upstream = new RecordingUpstream();
    await upstream.start();
    const [port, asked] = [await findFreePort(), await findFreePort()];
    sidecar = await startSidecarOf(stack, dialect, `http://127.0.0.1:${port}`, asked);
    front = await startFront({
      port,
      hallpass: `127.0.0.1:${asked}`,
      app: upstream.url.slice('http://'.length),
      token: TOKEN,
    });
    // Its first snapshot; until then it answers 503.
    await waitUntil('the sidecar to be ready', async () => (await visit(null)).status === 401);
    await waitUntil('the sidecar to have facts', async () => (await visit('member')).status === 403);
  }, 180_000);
  afterAll(async () => {
    await front?.stop();
    sidecar?.kill('SIGTERM');
    await sidecar?.ended;
    await upstream?.stop();
    await stack?.stop();
  });

  const visit = async (name: string | null, headers: Record<string, string> = {}) =>
    httpClient(front.url, name === null ? null : await stack.tokenOf(name)).get(PATH, headers);

  it('leads from the denial to access and to its end', async () => {
    const denied = await visit('member');
    expect(denied.status).toBe(403);
    const page = await visit('member', { accept: 'text/html' });
    expect(page.text).toMatch(/<a[^>]+href="[^"]+\/access-requests\/new\?resource=connection:aws-production[^"]*"/);
    expect(page.headers.get('link')).toContain('rel="https://hallpass.dev/rel/request-access"');

    const request = await ask(stack, 'member', {
      resource: AWS_PRODUCTION,
      duration_seconds: 3_600,
      binding_token: denied.body.access_request.binding_token,
    });
    // Back to where the person was: at the proxy in front, which is this sidecar's public URL.
    expect(request).toMatchObject({ evaluation_id: denied.body.evaluation_id, return_to: front.url + PATH });
    const { grant } = await approve(stack, 'admin', request.id);
    await waitUntilInEffect(stack, 'member', request.id);

    expect((await visit('member')).status).toBe(200);
    expect(upstream.last).toMatchObject({ url: PATH, headers: { 'x-hallpass-email': 'member@example.com' } });
    expect((await visit('member2')).status).toBe(403);

    expect((await (await stack.api('admin')).post(`/v1/grants/${grant.id}/revoke`, { reason: 'Done.' })).status).toBe(
      200,
    );
    const before = upstream.requests.length;
    await waitUntil('access to end', async () => (await visit('member')).status === 403);
    expect(upstream.requests.length - before).toBeLessThan(20);
    const after = upstream.requests.length;
    expect((await visit('member')).status).toBe(403);
    expect(upstream.requests.length).toBe(after);
  });
});

/** A sidecar of its own, as an operator would add one to the running control plane. */
async function startSidecarOf(stack: Stack, dialect: 'nginx' | 'caddy', url: string, port: number): Promise<TestChild> {
  const adding = startChild('admin-api/add-sidecar.ts', ['--name', dialect], { DATABASE_URL: stack.databaseUrl });
  if ((await adding.ended) !== 0) throw new Error(adding.output());
  const feedToken = adding
    .output()
    .split('\n')
    .find((line) => /^\S{20,}$/.test(line));
  const quickstart = parse(await readFile(join(stack.dataDir, 'proxy.yaml'), 'utf8')) as ProxyConfigInput;
  const config: ProxyConfigInput = {
    ...quickstart,
    public_url: url,
    proxy: { port: 0 },
    decision_api: { port: 0 },
    ops: { port: 0 },
    external_auth: { http: { port, dialects: [dialect] } },
  };
  const file = join(stack.dataDir, `${dialect}.yaml`);
  await writeFile(file, stringify(config));
  const child = startChild('proxy/main.ts', [], {
    HALLPASS_PROXY_CONFIG: file,
    HALLPASS_FEED_TOKEN: feedToken,
    HALLPASS_EXTERNAL_AUTH_TOKEN: TOKEN,
    HALLPASS_PROXY_PORT: '',
    HALLPASS_DECISION_PORT: '',
    HALLPASS_PROXY_OPS_PORT: '',
  });
  await waitUntil('the sidecar to listen', () => child.output().includes('the sidecar listens'));
  return child;
}
