import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { closeServer, listen } from '../../../core/process/ops-server.ts';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  body: string;
}

const TICK_MS = 20;

/** Stands behind the proxy and remembers everything that reached it, connections included. */
export class RecordingUpstream {
  readonly #server: Server;
  readonly #webSockets = new WebSocketServer({ noServer: true });
  readonly #sockets = new Set<Socket>();
  #port = 0;
  /** In the order they came. Upgrades are in here too. */
  readonly requests: SeenRequest[] = [];
  /** TCP connections ever accepted. */
  connections = 0;
  /** Long answers and sockets that are open now. */
  open = 0;
  /** Bytes of uploads received. */
  uploaded = 0;

  constructor() {
    this.#server = createServer((request, response) => {
      const seen = this.#see(request);
      const path = (request.url ?? '').split('?')[0];
      if (path === '/events' || path === '/slow') {
        this.open += 1;
        response.writeHead(200, {
          'content-type': path === '/events' ? 'text/event-stream' : 'application/octet-stream',
        });
        const timer = setInterval(() => response.write('data: tick\n\n'), TICK_MS);
        response.write('data: tick\n\n');
        response.on('close', () => {
          clearInterval(timer);
          this.open -= 1;
        });
        return;
      }
      if (path === '/never' || path === '/upload' || path === '/flood') {
        this.open += 1;
        response.on('close', () => (this.open -= 1));
      }
      if (path === '/never') return;
      if (path === '/flood') {
        flood(response);
        return;
      }
      request.on('data', (chunk: Buffer) => {
        this.uploaded += chunk.byteLength;
        if (seen.body.length < 100_000) seen.body += chunk.toString();
      });
      request.on('error', () => {});
      request.on('end', () => {
        response.setHeader('content-type', 'application/json');
        response.setHeader('set-cookie', ['app=1; Path=/', 'hallpass_token=stolen; Path=/']);
        response.setHeader('keep-alive', 'timeout=5');
        response.end(JSON.stringify(seen));
      });
    });
    this.#server.on('connection', (socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('upgrade', (request, socket, head) => {
      this.#see(request);
      if (request.url === '/refuse') {
        socket.end('HTTP/1.1 418 Teapot\r\ncontent-length: 3\r\nconnection: close\r\n\r\nno.');
        return;
      }
      if (request.url === '/other-protocol') {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: h2c\r\n\r\n');
        return;
      }
      if (request.headers.upgrade?.toLowerCase() === 'tcp') {
        this.#tunnel(socket as Socket, head, request.url === '/flood');
        return;
      }
      this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        this.#talk(webSocket);
        if (request.url === '/flood') floodFrames(webSocket);
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get last(): SeenRequest {
    return this.requests.at(-1)!;
  }

  async start(): Promise<void> {
    this.#port = await listen(this.#server, 0, '127.0.0.1');
  }

  async stop(): Promise<void> {
    for (const client of this.#webSockets.clients) client.terminate();
    for (const socket of this.#sockets) socket.destroy();
    await closeServer(this.#server);
  }

  #see(request: IncomingMessage): SeenRequest {
    const seen = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      rawHeaders: request.rawHeaders,
      body: '',
    };
    this.requests.push(seen);
    return seen;
  }

  /** Bytes both ways: ticks of its own, and back whatever comes. */
  #tunnel(socket: Socket, head: Buffer, isFlood: boolean): void {
    this.open += 1;
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: tcp\r\nx-tunnel: yes\r\n\r\nhello ',
    );
    const timer = setInterval(() => socket.write(isFlood ? Buffer.alloc(65_536, 'x') : 'tick '), TICK_MS);
    if (head.byteLength > 0) socket.write(head);
    socket.on('data', (chunk: Buffer) => socket.write(chunk));
    socket.on('end', () => socket.end('the end'));
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(timer);
      this.open -= 1;
    });
  }

  #talk(webSocket: WebSocket): void {
    this.open += 1;
    const timer = setInterval(() => webSocket.send('tick'), TICK_MS);
    webSocket.on('message', (data, isBinary) => webSocket.send(data, { binary: isBinary }));
    webSocket.on('error', () => {});
    webSocket.on('close', () => {
      clearInterval(timer);
      this.open -= 1;
    });
  }
}

/** As much as is taken, without an end. */
function flood(response: ServerResponse): void {
  const piece = Buffer.alloc(65_536, 'x');
  const more = (): void => {
    while (!response.destroyed && response.write(piece));
  };
  response.on('drain', more);
  more();
}

function floodFrames(webSocket: WebSocket): void {
  const piece = Buffer.alloc(65_536, 'x');
  const more = (): void => webSocket.send(piece, (error) => void (error ?? setImmediate(more)));
  more();
}
