import { createServer, type Server } from 'node:http';
import type { AddressInfo, Server as SocketServer } from 'node:net';
import type { Registry } from 'prom-client';
import { expose } from './metrics.ts';

export interface Readiness {
  readonly ready: boolean;
  /** What is not ready yet, by name; shown to the operator. */
  readonly missing: readonly string[];
  /** What is wrong without keeping it from its work. */
  readonly warnings?: readonly string[];
}

export interface OpsServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * `/livez` (the event loop turns: it answers at all), `/readyz` (200 or 503 with what is missing) and `/metrics`
 * (Prometheus text or OpenMetrics), on a port of their own so that no path of the traffic port skips the gate (law 14).
 */
export async function startOpsServer(options: {
  readonly host: string;
  readonly port: number;
  /** Or what puts it together when it is scraped. */
  readonly registry: Registry | (() => Promise<Registry>);
  readonly readiness: () => Readiness;
}): Promise<OpsServer> {
  const server = createServer(async (request, response) => {
    const path = request.url?.split('?')[0];
    if (path === '/livez') {
      response.writeHead(200, { 'content-type': 'text/plain' }).end('live\n');
    } else if (path === '/readyz') {
      const { ready, missing, warnings = [] } = options.readiness();
      response.writeHead(ready ? 200 : 503, { 'content-type': 'application/json' });
      response.end(`${JSON.stringify({ ready, missing, warnings })}\n`);
    } else if (path === '/metrics') {
      const { contentType, text } = await expose(await registryOf(options.registry), request.headers.accept);
      response.writeHead(200, { 'content-type': contentType }).end(text);
    } else {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Try /livez, /readyz or /metrics.\n');
    }
  });
  const port = await listen(server, options.port, options.host);
  return { port, close: () => closeServer(server) };
}

async function registryOf(registry: Registry | (() => Promise<Registry>)): Promise<Registry> {
  return typeof registry === 'function' ? registry() : registry;
}

/**
 * Resolves with the port that was bound (asked for 0: any free one).
 * @param isShared SO_REUSEPORT: others of this user may listen there too
 * @throws the listen error, EADDRINUSE for one
 */
export function listen(server: SocketServer, port: number, host: string, isShared = false): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, reusePort: isShared }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Stops listening and ends what is still open; keep-alive connections would hold a plain close back for ever. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
