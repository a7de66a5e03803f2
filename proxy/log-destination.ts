import { pino, type Logger } from 'pino';
import type { LogLevel } from '../core/process/logger.ts';

/** Written out as soon as this much is there, and after this long at the latest. */
const CHUNK_BYTES = 32_768;
const MAX_CHUNK_BYTES = 65_536;
const FLUSH_MS = 100;
/** Lines beyond this are dropped: whoever reads standard output has stopped, and requests go before lines. */
const MAX_UNREAD_BYTES = 16_777_216;

export type LogDestination = ReturnType<typeof pino.destination>;

/**
 * Standard output, written in chunks and never waited for: a request must not stand still because somebody reads its log
 * slowly. A process that is killed loses what has not been written, which is the last tenth of a second.
 */
export function openLogDestination(): LogDestination {
  return pino.destination({
    dest: 1,
    sync: false,
    minLength: CHUNK_BYTES,
    maxWrite: MAX_CHUNK_BYTES,
    maxLength: MAX_UNREAD_BYTES,
    periodicFlush: FLUSH_MS,
  });
}

/** Of the same shape as every log line. It looks for no secrets: the record of a decision has no field for one. */
export function createDecisionLogger(level: LogLevel, destination: LogDestination): Logger {
  return pino(
    {
      level,
      base: { process: 'proxy' },
      timestamp: createTimestamp(),
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
}

/** `,"time":"…"`, made once per millisecond. */
function createTimestamp(): () => string {
  let lastMs = 0;
  let text = '';
  return () => {
    const nowMs = Date.now();
    if (nowMs !== lastMs) {
      lastMs = nowMs;
      text = `,"time":"${new Date(nowMs).toISOString()}"`;
    }
    return text;
  };
}
