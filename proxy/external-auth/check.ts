import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHead } from '../gate/request-head.ts';

/** What another proxy asks about: may this request pass? */
export interface Check {
  readonly method: string;
  /** Path and query, as the client sent them or as the asking proxy is going to route them. */
  readonly target: string;
  readonly host: string;
  /** IP address of who is connected to the asking proxy; null where that is no network address. */
  readonly sourceIp: string | null;
  /** `unknown`: the asking proxy may be about to switch protocols and does not say so. */
  readonly upgrade: 'none' | 'websocket' | 'unknown';
  /** The client's own headers, name, value, name, value… */
  readonly rawHeaders: readonly string[];
  /** The same, joined as Node joins them. */
  readonly headers: IncomingHttpHeaders;
}

/** `refused`: why it can't be told for sure what is asked about. */
export type CheckReading =
  | { readonly ok: true; readonly check: Check }
  | { readonly ok: false; readonly refused: string };

/**
 * The request as the gate reads requests. How its body is framed is between the client and the asking proxy, which has
 * parsed it already; so is the version, and an upgrade is told in the one form the gate knows.
 */
export function headOf(check: Check, upgrade: boolean): RequestHead {
  const switching = upgrade ? { connection: 'Upgrade', upgrade: 'websocket' } : {};
  const added = { host: check.host, ...switching };
  return {
    method: check.method,
    url: check.target,
    httpVersion: '1.1',
    rawHeaders: [...check.rawHeaders, ...Object.entries(added).flat()],
    headers: { ...check.headers, ...added },
    socket: { remoteAddress: check.sourceIp ?? undefined },
  };
}
