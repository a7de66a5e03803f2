import { createServer, type AddressInfo } from 'node:net';

/** A port that nobody listens on. Only for programs that can't bind to port 0 and say which one they got. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
