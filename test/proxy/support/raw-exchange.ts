import { connect, type Socket } from 'node:net';
import { grant, TEST_FACTS } from './facts.ts';
import { sendRaw, type RawAnswer } from './raw-http.ts';
import type { RawUpstream } from './raw-upstream.ts';
import { routesTo, startSidecar, type TestSidecar, type TestSidecarOptions } from './sidecar.ts';

/** A path that the person `member` may read and write below. */
export const BASE = '/connections/aws-production';
export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

const FACTS = [...TEST_FACTS, grant('grt_1', 'member', 'connection:aws-production')];

type Limits = NonNullable<NonNullable<TestSidecarOptions['config']>['limits']>;

/** A sidecar whose client and upstream both speak in bytes, so that each byte on either side can be looked at. */
export class RawExchange {
  sidecar!: TestSidecar;
  upstream!: RawUpstream;

  async start(upstream: RawUpstream, limits: Limits = {}): Promise<void> {
    this.upstream = upstream;
    await upstream.start();
    this.sidecar = await startSidecar({ facts: FACTS, routes: routesTo(upstream.url), config: { limits } });
  }

  async stop(): Promise<void> {
    await this.sidecar.stop();
    await this.upstream.stop();
  }

  /** @param more further header lines, each with its line end */
  async head(method: string, more: string, name = 'member'): Promise<string> {
    const token = await this.sidecar.tokenOf(name);
    return `${method} ${BASE}/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n${more}\r\n`;
  }

  async send(method: string, more: string, body = ''): Promise<RawAnswer> {
    return sendRaw(this.sidecar.proxy.ports.proxy, (await this.head(method, more)) + body);
  }

  open(): { socket: Socket; text: () => string } {
    const socket = connect(this.sidecar.proxy.ports.proxy, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.on('error', () => {});
    return { socket, text: () => text };
  }
}
