/** What stands behind everything that is compared: 500 bytes of JSON, and nothing else to do. */
import { createServer } from 'node:http';
import { listen } from '../../core/process/ops-server.ts';

const BODY = JSON.stringify({ filler: 'x'.repeat(486) });

const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': BODY.length }).end(BODY);
});
server.keepAliveTimeout = 60_000;
console.log(`listening ${await listen(server, 0, '127.0.0.1')}`);
