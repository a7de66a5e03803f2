import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);

const SOURCES = join(import.meta.dirname, 'ext-authz-client');
const CACHE = join(import.meta.dirname, '..', '..', '.cache', 'ext-authz-client');
const BUILD_TIMEOUT_MS = 900_000;

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

/** Built once for each version of its sources, into .cache. @throws Error that says what is missing */
export async function buildExtAuthzClient(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of ['main.go', 'go.mod', 'go.sum']) hash.update(await readFile(join(SOURCES, file)));
  const target = join(CACHE, hash.digest('hex').slice(0, 16));
  if (existsSync(target)) return target;
  await mkdir(CACHE, { recursive: true });
  const made = `${target}.${process.pid}`;
  const args = ['build', '-trimpath', '-mod=readonly', '-ldflags', '-s -w', '-o', made, '.'];
  try {
    const env = { ...process.env, CGO_ENABLED: '0' };
    await run('go', args, { cwd: SOURCES, env, timeout: BUILD_TIMEOUT_MS });
  } catch (error) {
    throw new Error('The gRPC client of the tests needs Go 1.26 and its module proxy to be built, once.', {
      cause: error,
    });
  }
  await rename(made, target);
  return target;
}
