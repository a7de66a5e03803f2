import type { X509Certificate } from 'node:crypto';
import { DerError } from './der.ts';
import { readLeafExtensions } from './leaf-extensions.ts';
import { parseSpiffeId } from './spiffe-id.ts';

/** Trust domain -> certificates of its authorities. */
export type TrustBundles = ReadonlyMap<string, readonly X509Certificate[]>;

export type SvidVerdict =
  /** Milliseconds since the epoch. */
  | { readonly ok: true; readonly sub: string; readonly fromMs: number; readonly untilMs: number }
  | { readonly ok: false; readonly detail: string };

/**
 * Whether a certificate is an X.509-SVID of a workload (SPIFFE X509-SVID, 5.2) that the authorities of its own trust domain
 * have issued. The handshake has shown less than that, and earlier: a chain to the authorities of some trust domain, as they
 * were then. One domain must not be able to name the workloads of another, so with several domains the very certificate that
 * signed the leaf must be in the bundle of its domain. (Node keeps the intermediates that a client sends to itself, and their
 * names alone would prove nothing.)
 *
 * @param verifiedBy what the handshake has verified the chain with; null: it could not
 */
export function verifySvid(leaf: X509Certificate, verifiedBy: TrustBundles | null, bundles: TrustBundles): SvidVerdict {
  if (verifiedBy === null) return refused('a certificate of no known authority');
  const name = workloadOf(leaf);
  if (!name.ok) return name;
  const authorities = bundles.get(name.trustDomain);
  if (authorities === undefined) return refused('a trust domain that is not configured');
  const issuer = authorities.find((authority) => leaf.checkIssued(authority) && leaf.verify(authority.publicKey));
  if (issuer === undefined && !isOnlyDomain(verifiedBy, authorities, bundles)) {
    return refused('not issued by its own trust domain');
  }
  const path = issuer === undefined ? [leaf] : [leaf, issuer];
  return {
    ok: true,
    sub: name.uri,
    fromMs: Math.max(...path.map(({ validFromDate }) => validFromDate.getTime())),
    untilMs: Math.min(...path.map(({ validToDate }) => validToDate.getTime())),
  };
}

/** Then a chain to any authority was one to this domain's, and still is where none of those has gone since. */
function isOnlyDomain(
  verifiedBy: TrustBundles,
  authorities: readonly X509Certificate[],
  bundles: TrustBundles,
): boolean {
  if (bundles.size !== 1 || verifiedBy.size !== 1) return false;
  if (verifiedBy === bundles) return true;
  const now = new Set(authorities.map(({ fingerprint256 }) => fingerprint256));
  const then = [...verifiedBy.values()].flat();
  return then.every(({ fingerprint256 }) => now.has(fingerprint256));
}

type Workload =
  | { readonly ok: true; readonly uri: string; readonly trustDomain: string }
  | { readonly ok: false; readonly detail: string };

function workloadOf(leaf: X509Certificate): Workload {
  try {
    const { uris, isCa, keyUsage } = readLeafExtensions(leaf.raw);
    if (isCa || leaf.ca) return refused("an authority's certificate");
    if (keyUsage === null || !keyUsage.digitalSignature) return refused('a key usage without digitalSignature');
    if (keyUsage.keyCertSign || keyUsage.cRLSign) return refused('a key usage of an authority');
    const [uri] = uris;
    if (uri === undefined || uris.length !== 1) return refused(`${uris.length} URI names`);
    const id = parseSpiffeId(uri);
    return id === null ? refused('a URI name that is no SPIFFE ID of a workload') : { ok: true, ...id };
  } catch (error) {
    if (error instanceof DerError) return refused('a certificate that can not be read');
    throw error;
  }
}

function refused(detail: string): { readonly ok: false; readonly detail: string } {
  return { ok: false, detail };
}
