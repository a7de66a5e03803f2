import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fact } from '../../../core/feed/fact.ts';
import { createLogger, type Logger } from '../../../core/process/logger.ts';
import { proxyConfigSchema, type ProxyConfigInput, type ProxySecrets } from '../../../proxy/config.ts';
import { createProxy, type Proxy } from '../../../proxy/create-proxy.ts';
import type { TimeSources } from '../../../proxy/facts/steady-clock.ts';
import { makeTemporaryDirectory } from '../../support/temporary-directory.ts';
import { TEST_FACTS } from './facts.ts';
import { FEED_TOKEN, FeedSource } from './feed-source.ts';
import { AUDIENCE, IdentityProvider } from './identity-provider.ts';
import { RecordingUpstream } from './recording-upstream.ts';

const BUNDLE = new URL('../../../policies/bundle/policy.tar.gz', import.meta.url).pathname;

export const PUBLIC_URL = 'http://proxy.example.com';
export const CONSOLE_URL = 'http://console.example.com';

export interface TestSidecar {
  readonly proxy: Proxy;
  readonly url: string;
  readonly decisionUrl: string;
  readonly opsUrl: string;
  readonly feed: FeedSource;
  readonly idp: IdentityProvider;
  readonly upstream: RecordingUpstream;
  /** The policy bundle in use, which tests may overwrite. */
  readonly bundlePath: string;
  tokenOf(name: string): Promise<string>;
  /** Through the proxy as a person; null: without a token. */
  visit(name: string | null, path: string, init?: RequestInit): Promise<Response>;
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

export interface TestSidecarOptions {
  readonly facts?: readonly Fact[];
  readonly config?: Partial<ProxyConfigInput>;
  /** Over the bundle file of this sidecar. */
  readonly policy?: Partial<ProxyConfigInput['policy']>;
  readonly routes?: ProxyConfigInput['routes'] | ((upstreamUrl: string) => ProxyConfigInput['routes']);
  readonly identity?: (idp: IdentityProvider) => ProxyConfigInput['identity'];
  readonly time?: TimeSources;
  readonly decisionToken?: string;
  /** Instead of the one that the feed takes. */
  readonly feedToken?: string;
  readonly otlpHeaders?: Readonly<Record<string, string>>;
  readonly secrets?: Partial<ProxySecrets>;
  readonly externalAuthToken?: string;
  readonly logger?: Logger;
  /** No bundle file at all. */
  readonly withoutPolicy?: boolean;
  /** Starts without waiting for facts. */
  readonly unready?: boolean;
  readonly heartbeatMs?: number;
  /** Called before the sidecar starts. */
  readonly prepare?: (feed: FeedSource, idp: IdentityProvider) => void;
}

/** The real sidecar in this process, with the default policy compiled, between a real feed, issuer and upstream. */
export async function startSidecar(options: TestSidecarOptions = {}): Promise<TestSidecar> {
  const directory = await makeTemporaryDirectory('px');
  const bundlePath = join(directory.path, 'policy.tar.gz');
  if (options.withoutPolicy !== true) await copyFile(BUNDLE, bundlePath);
  const feed = new FeedSource(options.facts ?? TEST_FACTS, options.heartbeatMs);
  const idp = new IdentityProvider();
  const upstream = new RecordingUpstream();
  await Promise.all([feed.start(), idp.start(), upstream.start()]);
  options.prepare?.(feed, idp);
  const config = proxyConfigSchema.parse({
    public_url: PUBLIC_URL,
    console_url: CONSOLE_URL,
    proxy: { port: 0 },
    decision_api: { port: 0 },
    ops: { port: 0 },
    control_plane: { url: feed.url },
    identity: options.identity?.(idp) ?? {
      jwt: { jwks_url: idp.jwksUrl, issuer: idp.issuer, audience: AUDIENCE, cookie: 'hallpass_token' },
    },
    policy: { bundle: bundlePath, poll_ms: 20, ...options.policy },
    routes: routesOf(options, upstream.url),
    limits: { feed_reconnect_min_ms: 10, feed_reconnect_max_ms: 50, shutdown_grace_ms: 50, jwks_cooldown_ms: 0 },
    ...options.config,
  } satisfies ProxyConfigInput);
  const proxy = await createProxy({
    config,
    secrets: {
      feedToken: options.feedToken ?? FEED_TOKEN,
      decisionToken: options.decisionToken ?? null,
      otlpHeaders: options.otlpHeaders ?? {},
      ...options.secrets,
      externalAuthToken: options.externalAuthToken ?? null,
    },
    logger: options.logger ?? createLogger('proxy', 'silent'),
    ...(options.time === undefined ? {} : { time: options.time }),
  });
  if (options.unready !== true) await proxy.whenReady(10_000);
  const url = `http://127.0.0.1:${proxy.ports.proxy}`;
  const opsUrl = `http://127.0.0.1:${proxy.ports.ops}`;
  const tokenOf = (name: string) => idp.sign(`sub-${name}`);
  return {
    proxy,
    url,
    opsUrl,
    decisionUrl: `http://127.0.0.1:${proxy.ports.decision}`,
    feed,
    idp,
    upstream,
    bundlePath,
    tokenOf,
    visit: async (name, path, init = {}) =>
      fetch(url + path, {
        redirect: 'manual',
        ...init,
        headers: {
          ...(name === null ? {} : { authorization: `Bearer ${await tokenOf(name)}` }),
          ...(init.headers as Record<string, string> | undefined),
        },
      }),
    metrics: async () => (await fetch(`${opsUrl}/metrics`)).text(),
    stop: async () => {
      await proxy.stop();
      await Promise.all([feed.stop(), idp.stop(), upstream.stop()]);
      await directory.remove();
    },
  };
}

function routesOf({ routes }: TestSidecarOptions, upstreamUrl: string): ProxyConfigInput['routes'] {
  return typeof routes === 'function' ? routes(upstreamUrl) : (routes ?? routesTo(upstreamUrl));
}

export function routesTo(upstreamUrl: string): ProxyConfigInput['routes'] {
  return [
    { path: '/connections/aws-production', resource: 'connection:aws-production', upstream: upstreamUrl },
    { path: '/connections/aws-staging', resource: 'connection:aws-staging', upstream: upstreamUrl },
    { path: '/connections/payroll', resource: 'connection:payroll', upstream: upstreamUrl },
    { path: '/connections/unheard-of', resource: 'connection:unheard-of', upstream: upstreamUrl },
    { path: '/targets/billing-db', resource: 'target:billing-db', upstream: `${upstreamUrl}/billing` },
  ];
}
