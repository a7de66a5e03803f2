import { constants, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Server, ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import { createSecureContext, type SecureContextOptions, type TLSSocket } from 'node:tls';
import type { Logger } from '../core/process/logger.ts';
import type { TrustBundles } from './identity/svid.ts';
import type { TrafficTlsConfig, TrustDomainConfig } from './identity/tls-config.ts';

export interface TrafficTlsOptions {
  readonly config: TrafficTlsConfig;
  readonly trustDomains: readonly TrustDomainConfig[];
  readonly handshakeTimeoutMs: number;
  readonly logger: Logger;
  /** A handshake is done that began with these bundles. */
  readonly onConnection: (socket: TLSSocket, bundles: TrustBundles) => void;
  /** New authorities of workloads are in force. */
  readonly onBundles: (bundles: TrustBundles) => void;
  readonly onLoad: (result: 'loaded' | 'refused') => void;
}

interface Material {
  /** All files, to see whether one has changed. */
  readonly digest: string;
  readonly context: SecureContextOptions;
  readonly bundles: TrustBundles;
}

/**
 * TLS of the traffic port: certificates from files, which are read again and again, so that what rotates them (cert-manager,
 * SPIRE's helper, a cron job) needs no restart. Files that fit together are taken into use for new connections; anything else
 * changes nothing and is told.
 */
export class TrafficTls {
  readonly #options: TrafficTlsOptions;
  #material: Material;
  #server: Server | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isReading = false;
  #refusedDigest: string | null = null;

  private constructor(options: TrafficTlsOptions, material: Material) {
    this.#options = options;
    this.#material = material;
  }

  /** @throws Error that names the setting and the file that can't be used */
  static async load(options: TrafficTlsOptions): Promise<TrafficTls> {
    const material = await readMaterial(options);
    options.onBundles(material.bundles);
    return new TrafficTls(options, material);
  }

  get serverOptions(): ServerOptions {
    const { client_certificates: wanted } = this.#options.config;
    return {
      ...this.#material.context,
      handshakeTimeout: this.#options.handshakeTimeoutMs,
      ALPNProtocols: ['http/1.1'],
      requestCert: wanted !== 'none',
      // Where they are optional, a bad one is refused with a reason by whoever reads it, and not taken for none.
      rejectUnauthorized: wanted === 'required',
    };
  }

  attach(server: Server): void {
    this.#server = server;
    // Authorities may be changed in the middle of a handshake, which then is worth what they were at its beginning.
    const begun = new Map<string, TrustBundles>();
    server.on('connection', (socket: Socket) => {
      const peer = peerOf(socket);
      begun.set(peer, this.#material.bundles);
      socket.once('close', () => begun.delete(peer));
    });
    server.on('secureConnection', (socket) => {
      this.#options.onConnection(socket, begun.get(peerOf(socket)) ?? NO_BUNDLES);
    });
    this.#timer = setInterval(() => void this.reload(), this.#options.config.poll_ms);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  /** Takes what the files say now; whatever is wrong with them leaves everything as it was. */
  async reload(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    const { logger, onLoad, onBundles } = this.#options;
    try {
      const material = await readMaterial(this.#options);
      this.#refusedDigest = null;
      if (material.digest === this.#material.digest) return;
      this.#server?.setSecureContext(material.context);
      this.#material = material;
      onBundles(material.bundles);
      onLoad('loaded');
      logger.info('new certificates are in use on the traffic port');
    } catch (error) {
      // Once for each way of being wrong, and not at every look.
      const problem = error instanceof Error ? error.message : String(error);
      if (problem === this.#refusedDigest) return;
      this.#refusedDigest = problem;
      onLoad('refused');
      logger.error({ problem }, 'the certificates of the traffic port can not be used; those in use stay');
    } finally {
      this.#isReading = false;
    }
  }
}

const NO_BUNDLES: TrustBundles = new Map();

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

async function readMaterial({ config, trustDomains }: TrafficTlsOptions): Promise<Material> {
  const [cert, key, clientCa, ...bundleFiles] = await Promise.all([
    readPem('proxy.tls.certificate', config.certificate),
    readPem('proxy.tls.key', config.key),
    config.client_ca === undefined ? null : readPem('proxy.tls.client_ca', config.client_ca),
    ...trustDomains.map(({ name, ca }) => readPem(`identity.mtls.trust_domains (${name})`, ca)),
  ]);
  const bundles = new Map<string, readonly X509Certificate[]>();
  for (const [index, { name, ca }] of trustDomains.entries()) {
    bundles.set(name, certificatesIn(bundleFiles[index] as string, `identity.mtls.trust_domains (${name}): ${ca}`));
  }
  const authorities = [...(clientCa === null ? [] : [clientCa]), ...(bundleFiles as string[])];
  const context: SecureContextOptions = {
    cert: cert as string,
    key: key as string,
    ...(authorities.length === 0 ? {} : { ca: authorities }),
    minVersion: config.min_version,
    // A session that is taken up again is not verified again: neither by new authorities nor by its end. And nobody may
    // become somebody else in the middle of a connection.
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
  };
  try {
    createSecureContext(context);
  } catch (error) {
    throw new Error(`proxy.tls: ${config.certificate} and ${config.key} can't be used (${codeOf(error)})`, {
      cause: error,
    });
  }
  return { digest: [cert, key, ...authorities].join('\n'), context, bundles };
}

async function readPem(setting: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new Error(`${setting}: ${path} can't be read (${codeOf(error)})`, { cause: error });
  }
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function certificatesIn(pem: string, source: string): X509Certificate[] {
  const blocks = pem.match(PEM_CERTIFICATE) ?? [];
  if (blocks.length === 0) throw new Error(`${source} holds no certificate`);
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (error) {
    throw new Error(`${source} holds what is no certificate`, { cause: error });
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unreadable';
}
