import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { WireReader, type WireMessage } from './wire-reader.ts';

interface WireConnection {
  readonly reader: WireReader;
  readonly socket: Socket;
  isClosed: boolean;
}

/**
 * An upstream that reads the wire itself, strictly, and keeps every byte: what stands on it is what the sidecar sent, not
 * what a forgiving HTTP library made of it. Answers each request with its own request line.
 */
export class WireUpstream {
  readonly #server: Server;
  readonly connections: WireConnection[] = [];
  /** Bytes ever received. */
  bytes = 0;

  constructor() {
    this.#server = createServer((socket) => this.#accept(socket));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Whole requests, in the order in which they were done on each connection. */
  get requests(): readonly WireMessage[] {
    return this.connections.flatMap(({ reader }) => reader.messages);
  }

  get problems(): readonly string[] {
    return this.connections.flatMap(({ reader }) => reader.problem ?? []);
  }

  /** Requests that have begun on connections that are still open. */
  get unfinished(): number {
    return this.connections.filter(({ reader, isClosed }) => !isClosed && reader.isWithin).length;
  }

  /** Forgets what was seen. Connections go on. */
  forget(): void {
    for (const { reader } of this.connections) reader.messages.length = 0;
    const open = this.connections.filter(({ isClosed }) => !isClosed);
    this.connections.splice(0, this.connections.length, ...open);
    this.bytes = 0;
  }

  start(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  stop(): Promise<void> {
    for (const { socket } of this.connections) socket.destroy();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #accept(socket: Socket): void {
    const connection = { reader: new WireReader('request'), socket, isClosed: false };
    this.connections.push(connection);
    socket.on('error', () => {});
    socket.on('close', () => (connection.isClosed = true));
    socket.on('data', (chunk: Buffer) => {
      this.bytes += chunk.byteLength;
      const before = connection.reader.messages.length;
      connection.reader.push(chunk.toString('latin1'));
      for (const { start } of connection.reader.messages.slice(before)) {
        const isHead = start.startsWith('HEAD ');
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${start.length}\r\n\r\n${isHead ? '' : start}`);
      }
    });
  }
}
