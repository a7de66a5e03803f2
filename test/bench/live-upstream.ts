/**
 * Behind what is cut: an event stream that ticks, a WebSocket that ticks, a download without end, an upload that is read for
 * as long as it comes, and 500 bytes for everything else.
 */
import { createServer, type ServerResponse } from 'node:http';
import { WebSocketServer } from 'ws';
import { listen } from '../../core/process/ops-server.ts';
import { SMALL_BODY } from './upstream-bodies.ts';

const TICK_MS = 500;
const BLOCK = Buffer.alloc(4_096, 'y');

const server = createServer((request, response) => {
  const url = request.url!;
  response.on('error', () => {});
  if (url.endsWith('/events')) every(response, 'text/event-stream', 'event: tick\ndata: {}\n\n');
  else if (url.endsWith('/download')) every(response, 'application/octet-stream', BLOCK);
  else {
    request.resume();
    request.on('error', () => {});
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': SMALL_BODY.length });
      response.end(SMALL_BODY);
    });
  }
});
server.keepAliveTimeout = 60_000;
const sockets = new WebSocketServer({ server });
sockets.on('connection', (socket) => {
  socket.on('error', () => {});
  const timer = setInterval(() => socket.send('tick'), TICK_MS);
  socket.on('close', () => clearInterval(timer));
});
console.log(`listening ${await listen(server, 0, '127.0.0.1')}`);

function every(response: ServerResponse, type: string, piece: string | Buffer): void {
  response.writeHead(200, { 'content-type': type });
  response.write(piece);
  const timer = setInterval(() => response.write(piece), TICK_MS);
  response.on('close', () => clearInterval(timer));
}
