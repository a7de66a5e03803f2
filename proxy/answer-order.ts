import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Properties of the socket, because a map costs more. */
const LAST_ANSWER = Symbol('last answer');
const WAITING = Symbol('waiting');
const IS_BROKEN = Symbol('broken');

interface AnsweringSocket extends Duplex {
  /** The newest answer begun or waited for; those before it are over when it is. */
  [LAST_ANSWER]?: ServerResponse;
  [WAITING]?: number;
  [IS_BROKEN]?: boolean;
}

/**
 * Requests that came on one connection without waiting for answers (pipelining) are taken up one after the other. Node
 * hands out all that have arrived, so that one client could open as many connections to an upstream as requests fit into
 * its packets, writes would overtake each other (RFC 9112 9.3.2), and what stands behind a refused request would be
 * forwarded although the refusal ends the connection.
 *
 * @param maxWaiting as many may wait; a connection that brings more is closed
 * @param take called when everything before it is answered; not at all when the connection has ended by then
 * @returns false when it was one too many
 */
export function inOrder(
  request: IncomingMessage,
  response: ServerResponse,
  maxWaiting: number,
  take: () => void,
): boolean {
  const socket = request.socket as AnsweringSocket;
  const before = socket[LAST_ANSWER];
  socket[LAST_ANSWER] = response;
  if (before === undefined || isOver(before)) {
    takeIfOpen(socket, take);
    return true;
  }
  const waiting = (socket[WAITING] ?? 0) + 1;
  if (waiting > maxWaiting) {
    // More of the same packet come here yet.
    if (socket.destroyed) return true;
    socket.destroy();
    return false;
  }
  socket[WAITING] = waiting;
  before.once('close', () => {
    socket[WAITING] = (socket[WAITING] ?? 1) - 1;
    takeIfOpen(socket, take);
  });
  return true;
}

/** Ended, though perhaps not closed yet, when the answer before it was to be the last. */
function takeIfOpen(socket: Duplex, take: () => void): void {
  if (!socket.destroyed && !socket.writableEnded) take();
}

/** Whether an answer is under way that further bytes would be read as a part of. */
export function isAnswering(socket: Duplex): boolean {
  const answer = (socket as AnsweringSocket)[LAST_ANSWER];
  return answer !== undefined && !isOver(answer);
}

/**
 * What came can't be read, so nothing more is. Whole requests before it still get their answers; then `then` is called,
 * unless the connection has ended with the last of them. One that was being read is over at once.
 */
export function afterAnswers(socket: AnsweringSocket, then: () => void): void {
  if (socket[IS_BROKEN] === true) return;
  socket[IS_BROKEN] = true;
  const answer = socket[LAST_ANSWER];
  if (answer === undefined || isOver(answer)) then();
  else if (!answer.req.complete) socket.destroy();
  else {
    socket.pause();
    answer.once('close', () => takeIfOpen(socket, then));
  }
}

function isOver(answer: ServerResponse): boolean {
  return answer.writableFinished || answer.destroyed;
}
