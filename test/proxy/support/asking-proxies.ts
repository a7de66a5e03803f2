import { request } from 'node:http';
import { expect } from '@jest/globals';
import { grant, TEST_FACTS } from './facts.ts';
import { startSidecar, type TestSidecar } from './sidecar.ts';

export const ASKING_TOKEN = 'token-of-the-asking-proxies';
export const ALLOWED = '/connections/aws-staging/echo?q=1';
export const DENIED = '/connections/aws-production/echo?q=1';

export interface Question {
  readonly method?: string;
  readonly path: string;
  readonly host?: string;
  readonly upgrade?: string;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

const forwarded = ({ method = 'GET', path, host = 'app' }: Question, address: string) => ({
  'x-forwarded-method': method,
  'x-forwarded-uri': path,
  'x-forwarded-host': host,
  'x-forwarded-proto': 'https',
  'x-forwarded-for': address,
});

/** How each proxy asks, over and above the client's headers: method, path and headers of the question itself. */
export const ASK = {
  nginx: ({ method = 'GET', path, host = 'app', upgrade = '' }: Question): Asked => ({
    method: 'GET',
    path: '/nginx',
    headers: {
      'x-original-method': method,
      'x-original-uri': path,
      'x-original-host': host,
      'x-original-address': '203.0.113.7',
      'x-original-upgrade': `upgrade:${upgrade}`,
    },
  }),
  traefik: (question: Question): Asked => ({
    method: 'GET',
    path: '/traefik',
    headers: forwarded(question, '203.0.113.7'),
  }),
  caddy: (question: Question): Asked => ({
    method: 'GET',
    path: '/caddy',
    headers: {
      ...forwarded(question, '10.0.0.1, 203.0.113.7'),
      ...(question.upgrade === undefined ? {} : { connection: 'Upgrade', upgrade: question.upgrade }),
    },
  }),
  envoy: ({ method = 'GET', path, host = 'app', upgrade = '' }: Question): Asked => ({
    method,
    path: `/envoy${path}`,
    headers: { host, 'x-original-address': '203.0.113.7', 'x-original-upgrade': `upgrade:${upgrade}` },
  }),
};
export type Asker = keyof typeof ASK;
export const ASKERS = Object.keys(ASK) as Asker[];

/** What a browser sends with a WebSocket, but for Upgrade. */
export const SOCKET = { 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };

export interface Heard {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly text: string;
}

export type Headers = Readonly<Record<string, string | readonly string[]>>;

/** Asks one sidecar as each of the proxies would. */
export class AskingProxies {
  readonly sidecar: TestSidecar;

  constructor(sidecar: TestSidecar) {
    this.sidecar = sidecar;
  }

  static async start(): Promise<AskingProxies> {
    const upstream = 'http://127.0.0.1:1';
    const sidecar = await startSidecar({
      facts: [
        ...TEST_FACTS,
        grant('grt_staging', 'member', 'scope:staging'),
        grant('grt_viewer', 'viewer', 'scope:staging'),
        grant('grt_m2', 'member2', 'connection:aws-production'),
      ],
      routes: [
        { path: '/connections/aws-staging', resource: 'connection:aws-staging', upstream },
        { path: '/connections/aws-production', resource: 'connection:aws-production', upstream },
        { path: '/sockets', resource: 'connection:aws-staging', upstream, actions: { GET: 'read', UPGRADE: 'write' } },
        { path: '/', host: 'billing.test', resource: 'target:billing-db', upstream },
      ],
      config: { external_auth: { http: { port: 0, dialects: ['nginx', 'traefik', 'caddy', 'envoy'] } } },
      externalAuthToken: ASKING_TOKEN,
    });
    return new AskingProxies(sidecar);
  }

  send(to: { readonly method: string; readonly path: string }, headers: Headers): Promise<Heard> {
    const port = this.sidecar.proxy.ports.externalAuth!;
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, ...to, headers: headers as Record<string, string> }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode!, headers: answer.headers as Record<string, string>, text }),
        );
      });
      sent.on('error', reject).end();
    });
  }

  async identityOf(person: string | null): Promise<Record<string, string>> {
    return person === null ? {} : { authorization: `Bearer ${await this.sidecar.tokenOf(person)}` };
  }

  /** @param more headers of the client */
  async ask(asker: Asker, person: string | null, question: Question, more: Headers = {}): Promise<Heard> {
    const { headers, ...to } = ASK[asker](question);
    const identity = await this.identityOf(person);
    return this.send(to, { 'hallpass-external-auth-token': ASKING_TOKEN, ...identity, ...headers, ...more });
  }

  /** What the client gets to see of it; nginx asks for that apart. */
  async shown(asker: Asker, heard: Heard, more: Headers = {}): Promise<Heard> {
    if (asker !== 'nginx') return heard;
    expect([401, 403]).toContain(heard.status);
    const note = { 'hallpass-denial': heard.headers['hallpass-denial']! };
    return this.send(
      { method: 'GET', path: '/nginx/denial?q=1' },
      { 'hallpass-external-auth-token': ASKING_TOKEN, ...note, ...more },
    );
  }
}
