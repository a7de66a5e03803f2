import { setTimeout as delay } from 'node:timers/promises';
import { connect, type Socket } from 'node:net';
import { waitUntil } from '../../support/wait-until.ts';
import { WireReader, type WireMessage } from './wire-reader.ts';

/** How bytes are handed to the network. */
export type Delivery = 'whole' | 'head, then body' | 'byte by byte';

export interface WireTalk {
  readonly answers: readonly WireMessage[];
  readonly statuses: readonly number[];
  /** Why what came is no HTTP/1.1; null when it was. */
  readonly problem: string | null;
  readonly isClosed: boolean;
  readonly text: string;
}

/** Longer than the sidecar waits for the first byte of a body. */
const PAUSE_MS = 40;

/**
 * Writes exactly these bytes (as latin-1) and reads answers until there are as many as wanted, or the connection is over.
 * @param isHead whether the answer of that number is one to a HEAD
 */
export async function talk(
  port: number,
  bytes: string,
  options: {
    readonly answers?: number;
    readonly delivery?: Delivery;
    readonly timeoutMs?: number;
    readonly isHead?: (index: number) => boolean;
  } = {},
): Promise<WireTalk> {
  const { answers = Infinity, delivery = 'whole', timeoutMs = 15_000, isHead } = options;
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  const reader = new WireReader('response', isHead);
  let text = '';
  let isClosed = false;
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    reader.push(chunk.toString('latin1'));
  });
  socket.on('close', () => {
    isClosed = true;
    reader.end();
  });
  await write(socket, bytes, delivery);
  const isOver = () => isClosed || (reader.messages.length >= answers && !reader.isWithin);
  await waitUntil('the answers', isOver, { timeoutMs, everyMs: 1 }).catch(() => null);
  socket.destroy();
  const statuses = reader.messages.map(({ start }) => Number(start.slice(9, 12)));
  return { answers: reader.messages, statuses, problem: reader.problem, isClosed, text };
}

async function write(socket: Socket, bytes: string, delivery: Delivery): Promise<void> {
  if (delivery === 'whole') {
    socket.write(bytes, 'latin1');
    return;
  }
  const end = bytes.indexOf('\r\n\r\n');
  if (delivery === 'head, then body') {
    socket.write(bytes.slice(0, end + 4), 'latin1');
    await delay(PAUSE_MS);
    socket.write(bytes.slice(end + 4), 'latin1');
    return;
  }
  // What says who it is comes first, and can be read in one way only.
  const begin =
    bytes.indexOf('\r\nAuthorization: ') === -1 ? 0 : bytes.indexOf('\r\n', bytes.indexOf('\r\nAuthorization: ') + 2);
  socket.write(bytes.slice(0, begin), 'latin1');
  for (const byte of bytes.slice(begin)) {
    if (socket.destroyed || !socket.write(byte, 'latin1')) break;
    await new Promise(setImmediate);
  }
}
