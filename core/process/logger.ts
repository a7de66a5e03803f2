import { pino, type Logger } from 'pino';

export type { Logger };

/** Where secrets could stand in a logged object. A last line of defence: nothing should log these at all. */
const SECRET_PATHS = [
  'authorization',
  'cookie',
  'token',
  'password',
  'secret',
  'binding_token',
  'headers.authorization',
  'headers.cookie',
  '*.authorization',
  '*.cookie',
  '*.token',
  '*.password',
  '*.binding_token',
];

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/** JSON lines on standard output, times in RFC 3339. */
export function createLogger(process: string, level: LogLevel): Logger {
  return pino({
    level,
    base: { process },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: SECRET_PATHS, censor: '[redacted]' },
    // An error's own fields may hold what a driver was sent (SQL parameters, for one): name and message only.
    serializers: { err: (error: unknown) => describeError(error) },
  });
}

export function describeError(error: unknown): { name: string; message: string; code?: string; stack?: string } {
  if (!(error instanceof Error)) return { name: 'NonError', message: String(error) };
  const code = (error as { code?: unknown }).code;
  return {
    name: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
  };
}
