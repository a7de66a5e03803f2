/**
 * What stands behind everything that is compared: 500 bytes of JSON, 1 MB under `/megabyte`, uploads read to their end. Under
 * `/count`: how many requests came, these not counted.
 */
import { createServer, type ServerResponse } from 'node:http';
import { listen } from '../../core/process/ops-server.ts';
import { MEGABYTE_BODY, SMALL_BODY } from './upstream-bodies.ts';

let requests = 0;

const server = createServer((request, response) => {
  const url = request.url!;
  if (url.endsWith('/count')) {
    response.end(String(requests));
    return;
  }
  requests += 1;
  request.resume();
  const body = url.endsWith('/megabyte') ? MEGABYTE_BODY : SMALL_BODY;
  if (request.method === 'POST') request.on('end', () => answer(response, body));
  else answer(response, body);
});
server.keepAliveTimeout = 60_000;
console.log(`listening ${await listen(server, 0, '127.0.0.1')}`);

function answer(response: ServerResponse, body: string | Buffer): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}
