import type { LogRules } from '../../core/decision/policy-engine.ts';
import type { Logger } from '../../core/process/logger.ts';
import type { DecisionLines } from '../gate/decision-log.ts';
import { readClientTls } from '../management/client-tls.ts';
import { ServiceClient } from '../management/service-client.ts';
import type { DecisionEvent, EventFrame } from './decision-event.ts';
import { decisionLogsSchema, type DecisionLogSettings } from './decision-log-settings.ts';
import { DecisionSink, type EventOutcome } from './decision-sink.ts';
import { EventBuffer } from './event-buffer.ts';
import { LogUploader } from './log-uploader.ts';

export interface DecisionLoggingOptions {
  /** undefined: not asked for. At log level debug, decisions are written to the console all the same. */
  readonly settings: DecisionLogSettings | undefined;
  readonly token: string | null;
  readonly frame: EventFrame;
  readonly rules: () => LogRules | null;
  readonly count: (outcome: EventOutcome, events?: number) => void;
  readonly onUpload: (result: 'ok' | 'failed') => void;
  readonly logger: Logger;
}

/** Decision logs as OPA has them. */
export interface DecisionLogging {
  readonly sink: DecisionSink;
  readonly buffer: EventBuffer | null;
  readonly uploader: LogUploader | null;
  /** The sidecar's own lines and these. */
  beside(lines: DecisionLines): DecisionLines;
}

/** @returns null when nobody wants them @throws Error that names a file that can't be read */
export async function createDecisionLogging(options: DecisionLoggingOptions): Promise<DecisionLogging | null> {
  const { count, logger } = options;
  const isDebugging = logger.isLevelEnabled('debug');
  if (options.settings === undefined && !isDebugging) return null;
  const settings = options.settings ?? decisionLogsSchema.parse({});
  const { service } = settings;
  const buffer =
    service === undefined
      ? null
      : new EventBuffer(settings.buffer_size_limit_events, settings.buffer_size_limit_bytes, (events) =>
          count('dropped-buffer', events),
        );
  let uploader: LogUploader | null = null;
  if (service !== undefined && buffer !== null) {
    const client = new ServiceClient({
      url: `${service.url}${service.resource}`,
      token: options.token,
      tls: await readClientTls(service.tls, 'decision_logs.service.tls'),
      timeoutMs: settings.request_timeout_ms,
    });
    uploader = new LogUploader({
      client,
      buffer,
      minDelayMs: settings.min_delay_ms,
      maxDelayMs: settings.max_delay_ms,
      uploadBytes: settings.upload_size_limit_bytes,
      requestTimeoutMs: settings.request_timeout_ms,
      flushTimeoutMs: settings.flush_timeout_ms,
      count,
      onUpload: options.onUpload,
      logger,
    });
  }
  const sink = new DecisionSink({
    frame: options.frame,
    mask: settings.mask,
    showsAppContext: settings.app_context,
    drop: settings.drop,
    rules: options.rules,
    print: isDebugging || settings.console ? printer(logger, settings.console) : null,
    buffer,
    onBuffered: () => uploader?.hint(),
    maxQueued: settings.queue_limit_events,
    count,
    logger,
  });
  const beside = (lines: DecisionLines): DecisionLines => ({
    write: (logged) => {
      lines.write(logged);
      sink.add(logged);
    },
  });
  return { sink, buffer, uploader, beside };
}

/** What OPA's console lines are known by. */
const TYPE = 'openpolicyagent.org/decision_logs';

/** What a policy printed may hold anything of its input, and no mask reaches it: it is shown at debug level only. */
function printer(logger: Logger, isAsked: boolean): (event: DecisionEvent, printed: readonly string[]) => void {
  return (event, printed) => {
    const level = isAsked ? 'info' : 'debug';
    logger[level]({ type: TYPE, ...event }, 'Decision Log');
    for (const line of printed) logger.debug({ decision_id: event.decision_id, printed: line }, 'print');
  };
}
