import { isIP } from 'node:net';
import type { RequestOptions } from 'node:https';

/** Where Node's own client finds an upstream, and how strictly it reads it. */
export function upstreamAddress(origin: string, headerBytes: number): RequestOptions {
  const { protocol, hostname, port } = new URL(origin);
  const host = hostname.replace(/^\[|\]$/g, '');
  return {
    protocol,
    host,
    ...(port === '' ? {} : { port }),
    // What the certificate must be for: never the Host header, which may be the client's.
    servername: isIP(host) === 0 ? host : '',
    maxHeaderSize: headerBytes,
    insecureHTTPParser: false,
  };
}
