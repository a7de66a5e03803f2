import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** As it came, decoded byte by byte. */
  readonly body: string;
}

const HEAD_END = '\r\n\r\n';

/**
 * One keep-alive connection that sends bytes made beforehand and reads one answer at a time: a load generator must not cost
 * more than what it measures. Takes answers with `content-length` alone, and says so of others.
 */
export class RawConnection {
  readonly #socket: Socket;
  #received = '';
  #onAnswer: ((answer: RawAnswer | Error) => void) | null = null;
  #failure: Error | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the connection was closed')));
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect(port, '127.0.0.1');
    await new Promise((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new RawConnection(socket);
  }

  get isBroken(): boolean {
    return this.#failure !== null;
  }

  /** @param onAnswer called once, with an Error where no answer came */
  send(bytes: Buffer, onAnswer: (answer: RawAnswer | Error) => void): void {
    if (this.#failure !== null) {
      onAnswer(this.#failure);
      return;
    }
    this.#onAnswer = onAnswer;
    this.#socket.write(bytes);
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received += chunk.toString('latin1');
    const headEnd = this.#received.indexOf(HEAD_END);
    if (headEnd === -1) return;
    const head = this.#received.slice(0, headEnd);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) {
      this.#socket.destroy(new Error(`an answer without content-length: ${head}`));
      return;
    }
    const end = headEnd + HEAD_END.length + Number(length);
    if (this.#received.length < end) return;
    const answer = { status: Number(head.slice(9, 12)), body: this.#received.slice(headEnd + HEAD_END.length, end) };
    this.#received = this.#received.slice(end);
    const onAnswer = this.#onAnswer;
    this.#onAnswer = null;
    onAnswer?.(answer);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    const onAnswer = this.#onAnswer;
    this.#onAnswer = null;
    onAnswer?.(this.#failure);
  }
}

/** A GET as bytes. */
export function getRequest(path: string, token: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\n\r\n`);
}
