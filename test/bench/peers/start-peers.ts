import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProxyConfigInput } from '../../../proxy/config.ts';
import { startChild } from '../../support/child-process.ts';
import { AUDIENCE } from '../../proxy/support/identity-provider.ts';
import type { BenchControlPlane } from '../bench-control-plane.ts';
import { benchFacts } from '../bench-facts.ts';
import { pin, pinSelf } from '../pin.ts';
import { startBenchSidecar } from '../bench-sidecar.ts';
import type { StopList } from '../stop-list.ts';
import { opaData } from './opa-data.ts';
import type { Peer, PeerName } from './peer.ts';
import { startCaddy } from './start-caddy.ts';
import { startNginx } from './start-nginx.ts';
import { startOpa } from './start-opa.ts';

const PATH = '/connections/c0';
/** Loading 100,000 grants is no part of what is compared. */
const START_TIMEOUT_MS = 120_000;

export interface Field {
  readonly peers: readonly Peer[];
  /** One bearer token a line, each of another person who may read and write. */
  readonly tokenFile: string;
  readonly tokens: readonly string[];
  /** Of people who may not. */
  readonly refusedTokens: readonly string[];
  readonly upstreamUrl: string;
}

/** Starts those that are wanted, with so many grants, before one upstream. */
export async function startPeers(
  { wanted, grants, directory }: { wanted: ReadonlySet<PeerName>; grants: number; directory: string },
  stops: StopList,
): Promise<Field> {
  const home = join(directory, String(grants));
  await mkdir(home);
  const child = async (
    file: string,
    args: readonly string[],
    prefix: string,
  ): Promise<{ pid: number; said: string }> => {
    const started = startChild(`test/bench/${file}`, args);
    stops.add(async () => {
      started.kill('SIGTERM');
      await started.ended;
    });
    return { pid: started.pid, said: (await started.line(prefix, START_TIMEOUT_MS)).slice(prefix.length) };
  };
  const upstream = await child('plain-upstream.ts', [], 'listening ');
  const upstreamAddress = `127.0.0.1:${upstream.said}`;
  const upstreamUrl = `http://${upstreamAddress}`;
  const plane = JSON.parse(
    (await child('bench-control-plane.ts', [String(grants)], 'ready ')).said,
  ) as BenchControlPlane;
  const tokenFile = join(home, 'tokens');
  await writeFile(tokenFile, plane.tokens.join('\n'));

  const bare = async (name: PeerName, file: string): Promise<Peer> => {
    const { pid, said } = await child(file, [upstreamUrl], 'listening ');
    return { name, url: `http://127.0.0.1:${said}${PATH}`, authorizes: false, pids: [pid] };
  };
  const withOpa = async (name: 'nginx auth_request -> OPA' | 'caddy forward_auth -> OPA'): Promise<Peer> => {
    const dataFile = join(home, 'facts.json');
    const jwks = await (await fetch(plane.jwks_url)).text();
    await writeFile(
      dataFile,
      opaData(benchFacts(grants, Date.now()), { issuer: plane.issuer, audience: AUDIENCE, jwks }),
    );
    const isNginx = name.startsWith('nginx');
    const opa = await startOpa(isNginx ? 'body' : 'headers', dataFile, stops);
    const options = { upstream: upstreamAddress, opa: opa.address, directory: home };
    const { pid, url } = await (isNginx ? startNginx : startCaddy)(options, stops);
    return { name, url: url + PATH, authorizes: true, pids: [pid, opa.pid] };
  };
  const sidecar = async (name: PeerName, limits: ProxyConfigInput['limits']): Promise<Peer> => {
    const started = await startBenchSidecar(plane, upstreamUrl, home, { limits });
    stops.add(() => started.stop());
    return { name, url: started.url + PATH, authorizes: true, pids: [started.pid] };
  };
  const makers: Record<PeerName, () => Promise<Peer>> = {
    direct: async () => ({ name: 'direct', url: upstreamUrl + PATH, authorizes: false, pids: [] }),
    'express + http-proxy-middleware': () => bare('express + http-proxy-middleware', 'bare-middleware.ts'),
    undici: () => bare('undici', 'bare-undici.ts'),
    nginx: async () => {
      const { pid, url } = await startNginx({ upstream: upstreamAddress, opa: null, directory: home }, stops);
      return { name: 'nginx', url: url + PATH, authorizes: false, pids: [pid] };
    },
    'nginx auth_request -> OPA': () => withOpa('nginx auth_request -> OPA'),
    'caddy forward_auth -> OPA': () => withOpa('caddy forward_auth -> OPA'),
    hallpass: () => sidecar('hallpass', {}),
    'hallpass, no answer remembered': () => sidecar('hallpass, no answer remembered', { remembered_answers: 0 }),
  };
  pinSelf(stops);
  const peers: Peer[] = [];
  for (const [name, make] of Object.entries(makers)) {
    if (!wanted.has(name as PeerName)) continue;
    const peer = await make();
    pin('measured', peer.pids);
    peers.push(peer);
  }
  return { peers, tokenFile, tokens: plane.tokens, refusedTokens: plane.refused_tokens, upstreamUrl };
}
