import { request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { waitUntil } from '../../support/wait-until.ts';

export interface OpenConnection {
  readonly name: string;
  readonly isOpen: () => boolean;
  /** How much has moved; grows while it is alive. */
  readonly moved: () => number;
  /** A WebSocket's close code, else null. */
  readonly code: () => number | null;
  close(): void;
}

/** A WebSocket that echoes and ticks. @throws when it is refused */
export async function openWebSocket(url: string, token: string): Promise<OpenConnection> {
  const socket = new WebSocket(url.replace('http', 'ws'), { headers: { authorization: `Bearer ${token}` } });
  let moved = 0;
  let code: number | null = null;
  socket.on('message', () => (moved += 1));
  socket.on('close', (closeCode) => (code = closeCode));
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => {});
  await waitUntil('a first tick', () => moved > 0);
  return {
    name: 'WebSocket',
    isOpen: () => code === null,
    moved: () => moved,
    code: () => code,
    close: () => socket.terminate(),
  };
}

/** An event stream or a long download. */
export async function openDownload(url: string, token: string): Promise<OpenConnection> {
  let moved = 0;
  let open = true;
  const request = httpRequest(url, { headers: { authorization: `Bearer ${token}` }, agent: false });
  await new Promise<void>((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      if (response.statusCode !== 200) reject(new Error(`refused: ${response.statusCode}`));
      response.on('data', (chunk: Buffer) => {
        moved += chunk.byteLength;
        resolve();
      });
      response.on('error', () => {});
      response.on('close', () => (open = false));
    });
    request.end();
  });
  return { name: 'download', isOpen: () => open, moved: () => moved, code: () => null, close: () => request.destroy() };
}

/** A long upload whose answer has not begun. */
export async function openUpload(url: string, token: string, uploaded: () => number): Promise<OpenConnection> {
  const { hostname, port, pathname } = new URL(url);
  const socket: Socket = connect(Number(port), hostname);
  let open = true;
  let moved = 0;
  socket.on('error', () => {});
  socket.on('close', () => (open = false));
  // Read, or the end of the other side is never noticed.
  socket.resume();
  socket.write(
    `POST ${pathname} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  const timer = setInterval(() => {
    if (open) socket.write('5\r\nhello\r\n', () => (moved += 1));
  }, 20);
  socket.on('close', () => clearInterval(timer));
  await waitUntil('a first piece of the upload', () => uploaded() > 0);
  return { name: 'upload', isOpen: () => open, moved: () => moved, code: () => null, close: () => socket.destroy() };
}

export interface Tunnel extends OpenConnection {
  readonly text: () => string;
  write(bytes: string): void;
  /** Nothing more of ours comes, and theirs is still read. */
  end(): void;
}

/** A connection that becomes bytes both ways (RFC 9110 7.8). @param first bytes in the same packet as the headers */
export async function openTunnel(url: string, token: string, first = ''): Promise<Tunnel> {
  const { port, hostname, pathname } = new URL(url);
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
  let open = true;
  let text = '';
  socket.on('error', () => {});
  socket.on('close', () => (open = false));
  socket.on('end', () => socket.end());
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.write(
    `POST ${pathname} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n\r\n${first}`,
  );
  await waitUntil('the first bytes', () => text.includes('\r\n\r\nhello '));
  return {
    name: 'tunnel',
    isOpen: () => open,
    moved: () => text.length,
    code: () => null,
    close: () => socket.destroy(),
    text: () => text,
    write: (bytes) => void socket.write(bytes),
    end: () => void socket.end(),
  };
}

/** A request whose answer has not begun. With `body`, it is one whose body has not begun either. */
export async function openWaiting(
  url: string,
  token: string,
  options: { body?: boolean } = {},
): Promise<OpenConnection> {
  const { port, hostname, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  let open = true;
  socket.on('error', () => {});
  socket.on('close', () => (open = false));
  socket.resume();
  const start = options.body === true ? `POST ${pathname}` : `GET ${pathname}`;
  const more = options.body === true ? 'Content-Length: 5\r\n' : '';
  socket.write(`${start} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n${more}\r\n`);
  const name = options.body === true ? 'upload not begun' : 'waiting for the first byte';
  return { name, isOpen: () => open, moved: () => 0, code: () => null, close: () => socket.destroy() };
}

export interface UnreadConnection extends OpenConnection {
  /** Reads what there is at last. */
  resume(): void;
}

/** A download or WebSocket without an end whose client has read the first bytes, and then nothing more. */
export async function openUnread(url: string, token: string, headers = ''): Promise<UnreadConnection> {
  const { port, hostname, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  let open = true;
  let moved = 0;
  socket.on('error', () => {});
  socket.on('close', () => (open = false));
  socket.write(`GET ${pathname} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n${headers}\r\n`);
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      moved += chunk.byteLength;
      if (moved === chunk.byteLength) socket.pause();
      resolve();
    });
  });
  return {
    name: 'unread',
    isOpen: () => open,
    moved: () => moved,
    code: () => null,
    close: () => socket.destroy(),
    resume: () => void socket.resume(),
  };
}
