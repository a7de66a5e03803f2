import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import { closeServer, listen } from '../core/process/ops-server.ts';
import type { Resource } from '../core/access/resource.ts';
import { demoPage } from './demo-page.ts';

export interface DemoUpstream {
  readonly resource: Pick<Resource, 'type' | 'id'>;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
}

const TICK_MS = 250;
const DRIP_MS = 100;
const DRIPS = 300;
const MAX_ECHO_BYTES = 1_048_576;

/**
 * One small server per Connection and Target, each on a free port: what would stand behind the proxy in real life.
 * `/echo` answers with what arrived, `/events` is an event stream, `/ws` a WebSocket, `/slow` takes half a minute.
 */
export async function startDemoUpstreams(
  resources: readonly Resource[],
): Promise<{ readonly upstreams: readonly DemoUpstream[]; stop(): Promise<void> }> {
  const servers: Server[] = [];
  const sockets: WebSocketServer[] = [];
  const upstreams: DemoUpstream[] = [];
  for (const resource of resources.filter(({ type }) => type !== 'feature')) {
    const server = createServer((request, response) => void answer(resource, request, response));
    const webSockets = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request, socket, head) => {
      if (pathOf(request) !== '/ws') {
        socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
        return;
      }
      webSockets.handleUpgrade(request, socket, head, (webSocket) => talk(webSocket));
    });
    const port = await listen(server, 0, '127.0.0.1');
    servers.push(server);
    sockets.push(webSockets);
    upstreams.push({ resource: { type: resource.type, id: resource.id }, url: `http://127.0.0.1:${port}` });
  }
  const stop = async () => {
    for (const { clients } of sockets) for (const client of clients) client.terminate();
    await Promise.all(servers.map(closeServer));
  };
  return { upstreams, stop };
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?')[0]!;
}

async function answer(resource: Resource, request: IncomingMessage, response: ServerResponse): Promise<void> {
  switch (pathOf(request)) {
    case '/':
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(demoPage(resource));
      return;
    case '/echo':
      return echo(resource, request, response);
    case '/events':
      return streamEvents(response);
    case '/slow':
      return drip(response);
    default:
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end(`${JSON.stringify({ error: 'Try /, /echo, /events, /ws or /slow.' })}\n`);
  }
}

async function echo(resource: Resource, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_ECHO_BYTES) chunks.push(chunk);
  }
  const said = {
    upstream: `${resource.type}:${resource.id}`,
    method: request.method,
    path: request.url,
    headers: request.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
  response.writeHead(200, { 'content-type': 'application/json' }).end(`${JSON.stringify(said, null, 2)}\n`);
}

function streamEvents(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  let count = 0;
  const tick = () => {
    count += 1;
    response.write(`event: tick\nid: ${count}\ndata: ${JSON.stringify({ tick: count })}\n\n`);
  };
  tick();
  const timer = setInterval(tick, TICK_MS);
  response.on('close', () => clearInterval(timer));
}

function drip(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/plain' });
  let left = DRIPS;
  const timer = setInterval(() => {
    response.write('drip\n');
    left -= 1;
    if (left > 0) return;
    clearInterval(timer);
    response.end();
  }, DRIP_MS);
  response.on('close', () => clearInterval(timer));
}

function talk(webSocket: WebSocket): void {
  let count = 0;
  const timer = setInterval(() => {
    count += 1;
    webSocket.send(JSON.stringify({ tick: count }));
  }, TICK_MS);
  webSocket.on('message', (data, isBinary) => webSocket.send(data, { binary: isBinary }));
  webSocket.on('close', () => clearInterval(timer));
  webSocket.on('error', () => webSocket.terminate());
}
