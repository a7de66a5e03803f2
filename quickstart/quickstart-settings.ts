import { resolve } from 'node:path';
import { z } from 'zod';
import { readConfig, withoutEmpty } from '../core/process/read-config.ts';

const port = z.coerce.number('must be a port number').int().min(0).max(65_535);

const schema = z.object({
  HALLPASS_PROXY_PORT: port.default(8080),
  HALLPASS_ADMIN_PORT: port.default(4000),
  HALLPASS_DECISION_PORT: port.default(8181),
  HALLPASS_PROXY_OPS_PORT: port.default(9090),
  HALLPASS_ADMIN_OPS_PORT: port.default(9091),
  HALLPASS_DATA_DIR: z.string().default('.hallpass'),
  HALLPASS_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgresql:// URL' }).optional(),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// URL' }).optional(),
});

export const PORT_NAMES = [
  'HALLPASS_PROXY_PORT',
  'HALLPASS_ADMIN_PORT',
  'HALLPASS_DECISION_PORT',
  'HALLPASS_PROXY_OPS_PORT',
  'HALLPASS_ADMIN_OPS_PORT',
] as const;
export type PortName = (typeof PORT_NAMES)[number];

export interface QuickstartSettings {
  /** 0: any free one. */
  readonly ports: Readonly<Record<PortName, number>>;
  /** Absolute. */
  readonly dataDir: string;
  readonly logLevel: z.output<typeof schema>['HALLPASS_LOG_LEVEL'];
  /** null: the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  /** null: the queue lives in PostgreSQL. */
  readonly redisUrl: string | null;
}

/** @throws ConfigError with every problem */
export function readQuickstartSettings(
  environment: Readonly<Record<string, string | undefined>>,
  directory: string,
): QuickstartSettings {
  const env = readConfig(schema, withoutEmpty(environment), 'the environment');
  return {
    ports: Object.fromEntries(PORT_NAMES.map((name) => [name, env[name]])) as Record<PortName, number>,
    dataDir: resolve(directory, env.HALLPASS_DATA_DIR),
    logLevel: env.HALLPASS_LOG_LEVEL,
    databaseUrl: env.DATABASE_URL ?? null,
    redisUrl: env.REDIS_URL ?? null,
  };
}
