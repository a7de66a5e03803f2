export type PeerName =
  | 'direct'
  | 'express + http-proxy-middleware'
  | 'undici'
  | 'nginx'
  | 'nginx auth_request -> OPA'
  | 'caddy forward_auth -> OPA'
  | 'hallpass'
  | 'hallpass, no answer remembered';

/** Something to send requests through, to the same upstream. */
export interface Peer {
  readonly name: PeerName;
  /** Everything is asked for below it. */
  readonly url: string;
  /** Refuses who may not. */
  readonly authorizes: boolean;
  /** All it runs in, the upstream not counted; what descends from these counts too. */
  readonly pids: readonly number[];
}
