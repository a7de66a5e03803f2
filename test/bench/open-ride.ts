import { connect } from 'node:net';

export const RIDE_KINDS = ['websocket', 'event stream', 'download', 'upload'] as const;
export type RideKind = (typeof RIDE_KINDS)[number];

/** Something that stays open for as long as somebody may. */
export interface Ride {
  readonly kind: RideKind;
  /** Milliseconds since the epoch, with fractions, when the other side ended it. */
  readonly ended: Promise<number>;
  close(): void;
}

const SEND_EVERY_MS = 200;
const OPEN_TIMEOUT_MS = 30_000;

/** Now, in milliseconds since the epoch, finer than Date.now(). */
export function wallMs(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * Opens one through the sidecar, on a connection of its own, by bytes: no client library comes between an end and when it
 * is seen. Resolves once the first byte of its answer is there; for an upload, once its first piece is sent.
 * @throws Error when it is not let in
 */
export async function openRide(kind: RideKind, port: number, base: string, token: string): Promise<Ride> {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  socket.on('error', () => {});
  let end: (atMs: number) => void = () => {};
  const ended = new Promise<number>((resolve) => (end = resolve));
  // Whichever comes first: a WebSocket's close frame, the end of the stream, a reset.
  for (const event of ['end', 'close']) socket.once(event, () => end(wallMs()));
  socket.write(headOf(kind, base, token));
  if (kind === 'upload') {
    const timer = setInterval(() => socket.write('5\r\nhello\r\n'), SEND_EVERY_MS);
    socket.once('close', () => clearInterval(timer));
    socket.write('5\r\nhello\r\n');
    socket.on('data', () => end(wallMs()));
    await new Promise((resolve) => {
      setTimeout(resolve, SEND_EVERY_MS / 2);
    });
    if (socket.destroyed) throw new Error('the upload was not let in');
    return { kind, ended, close: () => socket.destroy() };
  }
  const first = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${kind}: no answer`)), OPEN_TIMEOUT_MS);
    socket.once('data', (chunk) => {
      clearTimeout(timer);
      resolve(chunk.toString('latin1'));
    });
  });
  const status = Number(first.slice(9, 12));
  if (status !== (kind === 'websocket' ? 101 : 200)) {
    socket.destroy();
    throw new Error(`${kind}: status ${status}`);
  }
  socket.on('data', (chunk) => {
    // A close frame: FIN and opcode 8.
    if (kind === 'websocket' && chunk[0] === 0x88) end(wallMs());
  });
  return { kind, ended, close: () => socket.destroy() };
}

function headOf(kind: RideKind, base: string, token: string): string {
  const common = `host: 127.0.0.1\r\nauthorization: Bearer ${token}\r\naccept: application/json\r\n`;
  switch (kind) {
    case 'websocket':
      return `GET ${base}/ws HTTP/1.1\r\n${common}connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;
    case 'event stream':
      return `GET ${base}/events HTTP/1.1\r\n${common}\r\n`;
    case 'download':
      return `GET ${base}/download HTTP/1.1\r\n${common}\r\n`;
    case 'upload':
      return `POST ${base}/upload HTTP/1.1\r\n${common}transfer-encoding: chunked\r\n\r\n`;
  }
}
