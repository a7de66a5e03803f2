import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Speaks in bytes, so that it can say what no HTTP library would. */
export class RawUpstream {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** One text per connection, everything that came on it. */
  readonly received: string[] = [];

  /** @param onData called with all that has come on the connection so far, and its number */
  constructor(onData: (socket: Socket, text: string, connection: number) => void) {
    this.#server = createServer((socket) => {
      const connection = this.received.push('') - 1;
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('data', (chunk: Buffer) => {
        this.received[connection] += chunk.toString('latin1');
        onData(socket, this.received[connection]!, connection);
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get open(): number {
    return this.#sockets.size;
  }

  start(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}

/** An upstream that answers each request head with these bytes. */
export function answering(answer: string): RawUpstream {
  return new RawUpstream((socket, text) => {
    if (text.endsWith('\r\n\r\n')) socket.write(answer, 'latin1');
  });
}
