/** A root like those of the product, as far as its supervisor is concerned. Answers with its pid. */
import { createServer } from 'node:http';
import { EXIT_CONFIG } from '../../core/process/read-config.ts';

const port = Number(process.env.PLAIN_ROOT_PORT);
if (port === 1) {
  console.error('PLAIN_ROOT_PORT: must not be 1');
  process.exit(EXIT_CONFIG);
}
const server = createServer((request, response) => {
  response.end(String(process.pid));
  // As when a loop never ends: no timer, no signal handler, nothing runs any more.
  if (request.url === '/stuck')
    response.once('close', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
});
server.listen(port, '127.0.0.1');
process.once('SIGTERM', () => {
  console.log('stopping in peace');
  process.exit(0);
});
