import type { Clock } from '../../core/process/clock.ts';
import { readTls } from '../decision-api/read-tls.ts';
import type { ProxyMetrics } from '../proxy-metrics.ts';
import { DenialNotes } from './denial-note.ts';
import { ExtAuthzServer, type ExtAuthzServerOptions } from './ext-authz-server.ts';
import { ExternalAuth, type ExternalAuthParts } from './external-auth.ts';
import { ExternalAuthServer } from './external-auth-server.ts';
import { askingProblem, type ExternalAuthSettings } from './external-auth-settings.ts';

export interface ExternalAuthOptions
  extends ExternalAuthParts, Omit<ExtAuthzServerOptions, 'auth' | 'tls' | 'isReady' | 'onOutcome'> {
  readonly limits: ExtAuthzServerOptions['limits'];
  /** undefined: nobody's proxy may ask. */
  readonly settings: ExternalAuthSettings | undefined;
  readonly clock: Clock;
  /** Known to every process that answers for this sidecar, and to nobody else. */
  readonly pageSecret: string;
  readonly metrics: ProxyMetrics;
}

/** The ports at which other proxies ask; none where the configuration has no `external_auth`. */
export class ExternalAuthPorts {
  readonly #settings: ExternalAuthSettings | undefined;
  readonly #http: ExternalAuthServer | null;
  readonly #grpc: ExtAuthzServer | null;

  private constructor(
    settings: ExternalAuthSettings | undefined,
    http: ExternalAuthServer | null,
    grpc: ExtAuthzServer | null,
  ) {
    this.#settings = settings;
    this.#http = http;
    this.#grpc = grpc;
  }

  /** @throws Error where anybody could ask, or a certificate can't be read */
  static async create(options: ExternalAuthOptions): Promise<ExternalAuthPorts> {
    const { settings, token, limits, judge, clock, metrics } = options;
    if (settings === undefined) return new ExternalAuthPorts(undefined, null, null);
    const problem = askingProblem(settings, token);
    if (problem !== null) throw new Error(problem);
    const tls = settings.tls === undefined ? null : await readTls(settings.tls, 'external_auth.tls');
    const isReady = (): boolean => typeof judge.sit() !== 'string';
    const shared = { ...options, auth: new ExternalAuth(options), tls, isReady };
    const notes = new DenialNotes(options.pageSecret, judge, clock, limits.external_auth_denial_ms);
    const count = metrics.externalAuthChecks;
    const { http, grpc } = settings;
    return new ExternalAuthPorts(
      settings,
      http === undefined
        ? null
        : new ExternalAuthServer({
            ...shared,
            notes,
            dialects: http.dialects,
            onOutcome: (dialect, outcome) => count.inc({ dialect, outcome }),
          }),
      grpc === undefined
        ? null
        : new ExtAuthzServer({ ...shared, onOutcome: (outcome) => count.inc({ dialect: 'envoy-grpc', outcome }) }),
    );
  }

  /** @returns the ports as bound; null for what is not asked for */
  async start(): Promise<{ readonly http: number | null; readonly grpc: number | null }> {
    const { host = '', http, grpc } = this.#settings ?? {};
    return {
      http: this.#http === null ? null : await this.#http.start(http?.port ?? 0, host),
      grpc: this.#grpc === null ? null : await this.#grpc.start(grpc?.port ?? 0, host),
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.#http?.close(), this.#grpc?.close()]);
  }
}
