import type { IncomingHttpHeaders } from 'node:http';

/**
 * What the gate reads of a request. A request on the traffic port is one as it is; what another proxy asks about is
 * made into one (proxy/external-auth/), so that both are judged by the same steps.
 */
export interface RequestHead {
  readonly method?: string | undefined;
  /** The request target, `/path?query`. */
  readonly url?: string | undefined;
  readonly httpVersion: string;
  /** name, value, name, value… as they came. */
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingHttpHeaders;
  readonly socket: { readonly remoteAddress?: string | undefined };
}
