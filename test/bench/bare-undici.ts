/** The least that Node can do: pass a request on with undici, without looking at it. */
import { createServer } from 'node:http';
import { Pool } from 'undici';
import { listen } from '../../core/process/ops-server.ts';

const [upstream] = process.argv.slice(2);
const pool = new Pool(upstream!, { connections: 256 });
const server = createServer((request, response) => {
  const method = request.method as 'GET' | 'POST';
  const path = request.url!.slice('/connections/c0'.length);
  const { authorization = '', 'content-length': length } = request.headers;
  const isUpload = method === 'POST';
  const headers = isUpload ? { authorization, 'content-length': length! } : { authorization };
  const options = { method, path, headers, body: isUpload ? request : null };
  pool
    .stream(options, ({ statusCode, headers: answered }) => {
      response.writeHead(statusCode, answered as Record<string, string>);
      return response;
    })
    .catch(() => response.destroy());
});
server.keepAliveTimeout = 60_000;
console.log(`listening ${await listen(server, 0, '127.0.0.1')}`);
