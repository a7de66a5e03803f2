/** What one would put in place without authorization: express and http-proxy-middleware, as their guides have it. */
import { Agent, createServer } from 'node:http';
import express from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { listen } from '../../core/process/ops-server.ts';

const [upstream] = process.argv.slice(2);
const app = express();
app.use('/connections/c0', createProxyMiddleware({ target: upstream!, agent: new Agent({ keepAlive: true }) }));
const server = createServer(app);
server.keepAliveTimeout = 60_000;
console.log(`listening ${await listen(server, 0, '127.0.0.1')}`);
