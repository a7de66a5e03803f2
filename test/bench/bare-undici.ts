/** The least that Node can do: pass a request on with undici, without looking at it. */
import { createServer } from 'node:http';
import { Pool } from 'undici';
import { listen } from '../../core/process/ops-server.ts';

const [upstream] = process.argv.slice(2);
const pool = new Pool(upstream!, { connections: 64 });
const server = createServer((request, response) => {
  const method = request.method as 'GET';
  const path = request.url!.slice('/connections/c0'.length);
  const options = { method, path, headers: { authorization: request.headers.authorization ?? '' }, body: null };
  pool
    .stream(options, ({ statusCode, headers }) => {
      response.writeHead(statusCode, headers as Record<string, string>);
      return response;
    })
    .catch(() => response.destroy());
});
server.keepAliveTimeout = 60_000;
console.log(`listening ${await listen(server, 0, '127.0.0.1')}`);
