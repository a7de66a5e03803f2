import { createServer } from 'node:http';
import { closeServer } from '../../core/process/ops-server.ts';
import { listenAnywhere } from '../../quickstart/choose-ports.ts';

/** A port that nobody listens on. Only for programs that can't bind to port 0 and say which one they got. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  const port = await listenAnywhere(server, '127.0.0.1');
  await closeServer(server);
  return port;
}
