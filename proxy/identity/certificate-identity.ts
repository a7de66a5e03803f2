import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../../core/process/clock.ts';
import { invalid, type Identification } from './identification.ts';
import { verifySvid, type SvidVerdict, type TrustBundles } from './svid.ts';

/** One TLS connection, and who its certificate says is on it. */
interface Peer {
  readonly leaf: X509Certificate;
  readonly verifiedBy: TrustBundles | null;
  /** The bundles that `verdict` was made with. */
  readonly bundles: TrustBundles;
  readonly verdict: SvidVerdict;
  /** `verdict` as an identity, so that a request costs none of its own. */
  readonly identified: Identification;
}

/**
 * Who calls by the client certificate of their connection. It is read once, at the handshake; that it has not ended is
 * looked at for each request, because a connection can outlive its certificate. New authorities hold for open connections too.
 */
export class CertificateIdentity {
  readonly #clock: Clock;
  readonly #peers = new WeakMap<object, Peer>();
  #bundles: TrustBundles = new Map();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** For connections from now on, and for the next request of those that are open. */
  use(bundles: TrustBundles): void {
    this.#bundles = bundles;
  }

  /**
   * A handshake is done. A connection without a certificate says nothing about who is on it.
   * @param bundles what was in force when the handshake began
   */
  note(socket: TLSSocket, bundles: TrustBundles): void {
    const leaf = socket.getPeerX509Certificate();
    if (leaf === undefined) return;
    this.#peers.set(socket, this.#judge(leaf, socket.authorized ? bundles : null));
  }

  /** null: no certificate on this connection. */
  identify(socket: object): Identification | null {
    let peer = this.#peers.get(socket);
    if (peer === undefined) return null;
    if (peer.bundles !== this.#bundles) {
      peer = this.#judge(peer.leaf, peer.verifiedBy);
      this.#peers.set(socket, peer);
    }
    const { verdict } = peer;
    if (!verdict.ok) return peer.identified;
    const nowMs = this.#clock();
    return nowMs < verdict.untilMs && nowMs >= verdict.fromMs
      ? peer.identified
      : invalid('a certificate out of its time');
  }

  #judge(leaf: X509Certificate, verifiedBy: TrustBundles | null): Peer {
    const bundles = this.#bundles;
    const verdict = verifySvid(leaf, verifiedBy, bundles);
    // Browsers send client certificates by themselves.
    const identified: Identification = verdict.ok
      ? { ok: true, sub: verdict.sub, isAmbient: true, endsAtMs: verdict.untilMs }
      : invalid(verdict.detail);
    return { leaf, verifiedBy, bundles, verdict, identified };
  }
}
