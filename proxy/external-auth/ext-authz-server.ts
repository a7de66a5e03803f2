import { createServer as createSocketServer, type Server as SocketServer } from 'node:net';
import {
  Server,
  ServerCredentials,
  type ConnectionInjector,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { fromJSON, type PackageDefinition } from '@grpc/proto-loader';
import type { AccessRequestLinks } from '../../core/decision/access-request-link.ts';
import type { Logger } from '../../core/process/logger.ts';
import { listen } from '../../core/process/ops-server.ts';
import type { ProxyLimits } from '../config.ts';
import type { ServerTls } from '../decision-api/read-tls.ts';
import { denialAnswer } from '../gate/denial-answer.ts';
import { mayAsk, TOKEN_HEADER } from './asking-proxy.ts';
import { deniedResponse, okResponse, refusedResponse } from './check-response.ts';
import {
  EXT_AUTHZ_CONTRACT,
  NOT_SERVING,
  SERVING,
  type CheckRequest,
  type CheckResponse,
} from './ext-authz-contract.ts';
import { failedAnswer, neverAllowing, strangerAnswer } from './external-answer.ts';
import type { CheckOutcome } from './external-auth-server.ts';
import type { ExternalAuth } from './external-auth.ts';
import { readEnvoyGrpc } from './read-envoy-grpc.ts';

export interface ExtAuthzServerOptions {
  readonly auth: ExternalAuth;
  readonly links: AccessRequestLinks;
  readonly limits: ProxyLimits;
  readonly logger: Logger;
  /** null: see `mayAsk`. */
  readonly token: string | null;
  readonly tls: ServerTls | null;
  readonly isReady: () => boolean;
  readonly onOutcome: (outcome: CheckOutcome) => void;
}

type Call<Asked, Answered> = (call: ServerUnaryCall<Asked, Answered>, reply: sendUnaryData<Answered>) => void;

/** `envoy.service.auth.v3.Authorization` and `grpc.health.v1.Health` over HTTP/2 (docs/external-auth.md). */
export class ExtAuthzServer {
  readonly #options: ExtAuthzServerOptions;
  readonly #grpc: Server;
  readonly #injector: ConnectionInjector;
  /** Takes the connections in, because gRPC's own listener counts none. */
  readonly #sockets: SocketServer;

  constructor(options: ExtAuthzServerOptions) {
    this.#options = options;
    const { limits } = options;
    this.#grpc = new Server({
      'grpc.max_receive_message_length': limits.external_auth_message_bytes,
      'grpc.max_concurrent_streams': limits.external_auth_streams,
      'grpc.enable_channelz': 0,
    });
    const contract = fromJSON(EXT_AUTHZ_CONTRACT as Parameters<typeof fromJSON>[0], {
      keepCase: true,
      defaults: false,
    });
    const check: Call<CheckRequest, CheckResponse> = ({ request, metadata }, reply) => {
      this.#check(request, metadata.get(TOKEN_HEADER).map(String)).then((response) => reply(null, response), reply);
    };
    const health: Call<unknown, { status: number }> = (_call, reply) => {
      reply(null, { status: options.isReady() ? SERVING : NOT_SERVING });
    };
    this.#grpc.addService(serviceOf(contract, 'envoy.service.auth.v3.Authorization'), { Check: check });
    this.#grpc.addService(serviceOf(contract, 'grpc.health.v1.Health'), { Check: health });
    this.#injector = this.#grpc.createConnectionInjector(credentialsOf(options.tls));
    this.#sockets = createSocketServer((socket) => this.#injector.injectConnection(socket));
    this.#sockets.maxConnections = limits.connections;
  }

  start(port: number, host: string): Promise<number> {
    return listen(this.#sockets, port, host);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#sockets.close(() => resolve());
    });
    this.#injector.destroy();
    this.#grpc.forceShutdown();
    await closed;
  }

  /** Never throws: an error of the call is what `failure_mode_allow` lets pass. */
  async #check(asked: CheckRequest, tokens: readonly string[]): Promise<CheckResponse> {
    const { auth, links, token, logger, onOutcome } = this.#options;
    try {
      if (!mayAsk(tokens, token)) {
        logger.warn({ dialect: 'envoy-grpc' }, 'a proxy that is not known asked');
        onOutcome('stranger');
        return refusedResponse(strangerAnswer());
      }
      const reading = readEnvoyGrpc(asked);
      const verdict = await auth.check(reading);
      onOutcome(verdict.allowed ? 'allowed' : 'denied');
      const headers = reading.ok ? reading.check.headers : {};
      if (verdict.allowed) return okResponse(verdict, Object.keys(headers));
      return deniedResponse(verdict, neverAllowing(await denialAnswer(verdict, headers, links), verdict));
    } catch (error) {
      logger.error({ err: error, dialect: 'envoy-grpc' }, 'a check for another proxy failed; it was refused');
      onOutcome('failed');
      return refusedResponse(failedAnswer());
    }
  }
}

function serviceOf(contract: PackageDefinition, name: string): ServiceDefinition {
  const service = contract[name];
  if (service === undefined || 'format' in service) throw new Error(`the contract has no service ${name}`);
  return service as ServiceDefinition;
}

function credentialsOf(tls: ServerTls | null): ServerCredentials {
  if (tls === null) return ServerCredentials.createInsecure();
  const pair = { cert_chain: tls.cert, private_key: tls.key };
  return ServerCredentials.createSsl(tls.ca ?? null, [pair], tls.ca !== undefined);
}
