import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { buildExtAuthzClient } from './build-ext-authz-client.ts';

export interface ExtAuthzAnswer {
  /** CheckResponse as protobuf's JSON. */
  readonly response?: any;
  /** Of a health check. */
  readonly status?: string;
  readonly error?: string;
  /** gRPC status code of the error. */
  readonly code?: number;
}

export interface ExtAuthzClient {
  /** @param check CheckRequest as protobuf's JSON */
  check(check: object, metadata?: Readonly<Record<string, string>>): Promise<ExtAuthzAnswer>;
  health(service?: string): Promise<ExtAuthzAnswer>;
  stop(): Promise<void>;
}

/** A gRPC client that is none of ours: grpc-go, with the types that Envoy publishes (go-control-plane). */
export async function startExtAuthzClient(
  address: string,
  tls: { readonly ca?: string; readonly cert?: string; readonly key?: string } = {},
): Promise<ExtAuthzClient> {
  const program = await buildExtAuthzClient();
  const args = ['-address', address, ...Object.entries(tls).flatMap(([name, file]) => [`-${name}`, file])];
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  const waiting: ((answer: ExtAuthzAnswer) => void)[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(JSON.parse(line) as ExtAuthzAnswer));
  child.stdin.on('error', () => {});
  // Answers come in the order of the questions.
  const ask = (question: object) =>
    new Promise<ExtAuthzAnswer>((resolve) => {
      waiting.push(resolve);
      child.stdin.write(`${JSON.stringify(question)}\n`);
    });
  return {
    check: (check, metadata = {}) => ask({ check, metadata }),
    health: (service = '') => ask({ health: service }),
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
