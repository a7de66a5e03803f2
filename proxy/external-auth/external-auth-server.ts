import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AccessRequestLinks } from '../../core/decision/access-request-link.ts';
import type { Logger } from '../../core/process/logger.ts';
import { closeServer, listen } from '../../core/process/ops-server.ts';
import type { Answer } from '../../core/process/problem-answer.ts';
import type { ProxyLimits } from '../config.ts';
import type { ServerTls } from '../decision-api/read-tls.ts';
import { denialAnswer } from '../gate/denial-answer.ts';
import { sendAnswer } from '../gate/send-answer.ts';
import { mayAsk, TOKEN_HEADER } from './asking-proxy.ts';
import type { DenialNotes } from './denial-note.ts';
import type { CheckReading } from './check.ts';
import type { Dialect } from './external-auth-settings.ts';
import type { ExternalAuth } from './external-auth.ts';
import {
  allowAnswer,
  failedAnswer,
  neverAllowing,
  neverFailing,
  notedAnswer,
  noteLostAnswer,
  strangerAnswer,
  unknownQuestionAnswer,
} from './external-answer.ts';
import { ENVOY_PREFIX, readEnvoyHttp } from './read-envoy-http.ts';
import { readForwarded } from './read-forwarded.ts';
import { readNginx } from './read-nginx.ts';

export type CheckOutcome = 'allowed' | 'denied' | 'stranger' | 'unknown' | 'failed';

export interface ExternalAuthServerOptions {
  readonly auth: ExternalAuth;
  readonly notes: DenialNotes;
  readonly links: AccessRequestLinks;
  readonly limits: ProxyLimits;
  readonly logger: Logger;
  readonly dialects: readonly Dialect[];
  /** null: see `mayAsk`. */
  readonly token: string | null;
  readonly tls: ServerTls | null;
  readonly onOutcome: (dialect: Dialect | 'none', outcome: CheckOutcome) => void;
}

const NOTE_PATH = '/nginx/denial';
const NOTE_HEADER = 'hallpass-denial';

const READ: Readonly<Record<Dialect, (request: IncomingMessage) => CheckReading>> = {
  nginx: readNginx,
  traefik: (request) => readForwarded(request, 'traefik'),
  caddy: (request) => readForwarded(request, 'caddy'),
  envoy: readEnvoyHttp,
};

/** Answers other proxies over HTTP: may this request pass? (docs/external-auth.md) */
export class ExternalAuthServer {
  readonly #options: ExternalAuthServerOptions;
  readonly #server: Server;

  constructor(options: ExternalAuthServerOptions) {
    this.#options = options;
    const { limits, tls } = options;
    const settings = {
      insecureHTTPParser: false,
      maxHeaderSize: limits.header_bytes,
      headersTimeout: limits.headers_timeout_ms,
      requestTimeout: limits.headers_timeout_ms * 3,
      keepAliveTimeout: limits.keep_alive_timeout_ms,
      // Nobody is let through here; that a client wants to upgrade is one more thing to be asked about.
      shouldUpgradeCallback: () => false,
    };
    const serve = (request: IncomingMessage, response: ServerResponse): void => void this.#serve(request, response);
    this.#server = tls === null ? createServer(settings, serve) : createTlsServer({ ...settings, ...tls }, serve);
    this.#server.maxHeadersCount = 0;
    this.#server.maxConnections = limits.connections;
  }

  start(port: number, host: string): Promise<number> {
    return listen(this.#server, port, host);
  }

  close(): Promise<void> {
    return closeServer(this.#server);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '' } = request;
    const dialect = this.#dialectOf(url);
    let answer: Answer;
    try {
      answer = await this.#answer(request, dialect);
    } catch (error) {
      this.#options.logger.error({ err: error, dialect }, 'a check for another proxy failed; it was refused');
      this.#options.onOutcome(dialect ?? 'none', 'failed');
      answer = failedAnswer();
    }
    const shown = dialect === 'envoy' ? neverFailing(answer) : answer;
    const { refused_body_bytes: maxDrainBytes, refused_body_timeout_ms: maxDrainMs } = this.#options.limits;
    sendAnswer(request, response, shown, { maxDrainBytes, maxDrainMs });
  }

  async #answer(request: IncomingMessage, dialect: Dialect | null): Promise<Answer> {
    const { auth, notes, links, token, onOutcome } = this.#options;
    if (!mayAsk(valuesOf(request, TOKEN_HEADER), token)) {
      this.#options.logger.warn({ dialect, from: request.socket.remoteAddress }, 'a proxy that is not known asked');
      onOutcome(dialect ?? 'none', 'stranger');
      return strangerAnswer();
    }
    if (dialect === null) {
      onOutcome('none', 'unknown');
      return unknownQuestionAnswer(this.#options.dialects.map((name) => `/${name}`));
    }
    if (dialect === 'nginx' && pathOf(request.url) === NOTE_PATH) return this.#denialOf(request);
    const verdict = await auth.check(READ[dialect](request));
    onOutcome(dialect, verdict.allowed ? 'allowed' : 'denied');
    if (verdict.allowed) return allowAnswer(verdict);
    if (dialect === 'nginx') return notedAnswer(verdict, notes.write(verdict));
    return neverAllowing(await denialAnswer(verdict, request.headers, links), verdict);
  }

  /** What the client is to see of a denial that nginx has just been told. */
  async #denialOf(request: IncomingMessage): Promise<Answer> {
    const { notes, links } = this.#options;
    const [text, ...more] = valuesOf(request, NOTE_HEADER);
    const denial = text === undefined || more.length > 0 ? null : notes.read(text);
    return denial === null ? noteLostAnswer() : denialAnswer(denial, request.headers, links);
  }

  #dialectOf(url: string): Dialect | null {
    const path = pathOf(url);
    const named = url.startsWith(`${ENVOY_PREFIX}/`) ? 'envoy' : path === NOTE_PATH ? 'nginx' : path.slice(1);
    return this.#options.dialects.find((dialect) => dialect === named && path !== ENVOY_PREFIX) ?? null;
  }
}

function pathOf(url = ''): string {
  return url.split('?', 1)[0] ?? '';
}

function valuesOf({ rawHeaders }: IncomingMessage, name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if ((rawHeaders[index] as string).toLowerCase() === name) values.push(rawHeaders[index + 1] as string);
  }
  return values;
}
