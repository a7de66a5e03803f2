import type { Socket } from 'node:net';

const INTERIM = Buffer.from('HTTP/1.1 1');
const SWITCHING = Buffer.from('HTTP/1.1 101');
const HEAD_END = '\r\n\r\n';
/** A head that goes on for longer is left to the parser, which has a limit of its own. */
const MAX_HELD_BYTES = 16_384;

/**
 * Takes interim answers (1xx but 101) out of what a reader of the socket gets to see. An upstream may send them unasked,
 * and whoever did not ask may ignore them (RFC 9110 15.2); undici takes a 100 for a broken answer and drops the connection.
 *
 * @param awaitsHead whether the next bytes begin an answer; the same bytes inside of a body are left alone
 */
export function dropInterimAnswers(socket: Socket, awaitsHead: () => boolean): void {
  const read = socket.read.bind(socket);
  let held: Buffer | null = null;
  socket.read = (size?: number): Buffer | null => {
    const came = read(size) as Buffer | null;
    if (came === null || !awaitsHead()) return came;
    let chunk: Buffer = held === null ? came : Buffer.concat([held, came]);
    held = null;
    while (mayBeInterim(chunk)) {
      const end = chunk.indexOf(HEAD_END);
      if (end === -1) {
        if (chunk.byteLength > MAX_HELD_BYTES) return chunk;
        held = chunk;
        return null;
      }
      chunk = chunk.subarray(end + HEAD_END.length);
      if (chunk.byteLength === 0) return null;
    }
    return chunk;
  };
}

/** Whether it begins with an interim head, or may yet turn out to. The tenth byte tells most answers apart at once. */
function mayBeInterim(chunk: Buffer): boolean {
  if (chunk.byteLength > 9 && chunk[9] !== 0x31) return false;
  return startsLike(chunk, INTERIM) && !(chunk.byteLength >= SWITCHING.byteLength && startsLike(chunk, SWITCHING));
}

function startsLike(chunk: Buffer, start: Buffer): boolean {
  const length = Math.min(chunk.byteLength, start.byteLength);
  return length > 0 && chunk.compare(start, 0, length, 0, length) === 0;
}
