import { pino, type DestinationStream, type Logger } from 'pino';

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

/**
 * JSON lines, times in RFC 3339.
 * @param destination standard output, line by line, if not given
 */
export function createLogger(process: string, level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { process },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_PATHS, censor: '[redacted]' },
    // An error's own fields may hold what a driver was sent (SQL parameters, for one): name and message only.
    serializers: { err: (error: unknown) => describeError(error) },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
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
