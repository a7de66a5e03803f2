import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { closeServer, listen } from '../core/process/ops-server.ts';
import { PORT_NAMES, type PortName } from './quickstart-settings.ts';

const LOWEST_PORT = 20_000;
const HIGHEST_PORT = 32_000;
const MAX_ATTEMPTS = 100;

/**
 * Sees that every port is free before anything starts, and picks one for each that was asked for as 0.
 * @throws Error that names the environment variable of each port in use
 */
export async function choosePorts(
  asked: Readonly<Record<PortName, number>>,
  host: string,
): Promise<Record<PortName, number>> {
  const held: Server[] = [];
  const problems: string[] = [];
  const chosen: Partial<Record<PortName, number>> = {};
  // All are held until the last one is found, so that no two get the same.
  for (const name of PORT_NAMES) {
    const server = createServer();
    try {
      chosen[name] = asked[name] === 0 ? await listenAnywhere(server, host) : await listen(server, asked[name], host);
      held.push(server);
    } catch (error) {
      problems.push(describe(name, asked[name], error as NodeJS.ErrnoException));
    }
  }
  await Promise.all(held.map(closeServer));
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return chosen as Record<PortName, number>;
}

/**
 * A free port below those that systems give to outgoing connections (from 32768 on Linux, 49152 elsewhere): between our
 * look and the child's listen, one of those could be taken by any connection anybody makes.
 */
export async function listenAnywhere(server: Server, host: string): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const port = randomInt(LOWEST_PORT, HIGHEST_PORT + 1);
    try {
      return await listen(server, port, host);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

function describe(name: PortName, port: number, error: NodeJS.ErrnoException): string {
  if (error.code === 'EADDRINUSE') {
    return `Port ${port} is in use. Stop what listens there, or set ${name} to another port (0: any free one).`;
  }
  return `Port ${port} can't be used (${error.code ?? error.message}). Set ${name} to another one.`;
}
