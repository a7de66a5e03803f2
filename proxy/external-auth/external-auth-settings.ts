import { isIP } from 'node:net';
import { z } from 'zod';

/** The proxies that ask over HTTP; each has an address and a way of its own to say what it asks about. */
export const DIALECTS = ['nginx', 'traefik', 'caddy', 'envoy'] as const;
export type Dialect = (typeof DIALECTS)[number];

const port = z.int().min(0).max(65_535);

/** `external_auth` of the sidecar's configuration; left out: nobody's proxy may ask (docs/external-auth.md). */
export const externalAuthSchema = z
  .strictObject({
    /** Forwarding headers are believed here, so only the asking proxies may reach it, never clients. */
    host: z.string().default('127.0.0.1'),
    /** PEM files; left out: plain. With `client_ca` only askers with a certificate of that authority are answered. */
    tls: z
      .strictObject({
        certificate: z.string().min(1),
        key: z.string().min(1),
        client_ca: z.string().min(1).optional(),
      })
      .optional(),
    /** For nginx, Traefik, Caddy and Envoy's HTTP service; only the dialects named here are answered. */
    http: z
      .strictObject({
        port: port.default(8182),
        dialects: z.array(z.enum(DIALECTS)).min(1),
      })
      .optional(),
    /** For Envoy's gRPC service. */
    grpc: z.strictObject({ port: port.default(8183) }).optional(),
  })
  .refine(({ http, grpc }) => http !== undefined || grpc !== undefined, {
    message: 'must have http or grpc, or be left out',
  });
export type ExternalAuthSettings = z.output<typeof externalAuthSchema>;

/**
 * What is wrong with who may ask; null: nothing. Another machine's proxy has to prove who it is, because whoever asks
 * is believed about the path, the host and the client's address.
 */
export function askingProblem(settings: ExternalAuthSettings | undefined, token: string | null): string | null {
  if (token !== null && !/^[\x21-\x7e]{16,512}$/.test(token)) {
    return 'HALLPASS_EXTERNAL_AUTH_TOKEN: must be 16 to 512 printable ASCII characters without spaces';
  }
  if (settings === undefined || token !== null || settings.tls?.client_ca !== undefined) return null;
  if (isLoopback(settings.host)) return null;
  return 'external_auth.host: is not this machine alone, so set HALLPASS_EXTERNAL_AUTH_TOKEN or external_auth.tls.client_ca';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
