import { z } from 'zod';
import { file, positiveMilliseconds } from '../setting-values.ts';

/** TLS on the traffic port; PEM files, read again when they change. */
export const trafficTlsSchema = z
  .strictObject({
    certificate: file,
    key: file,
    /**
     * `required`: no connection without a good one. `optional`: a bad one is refused at the request, none is none.
     * Left out: `optional` where `identity.mtls` reads them, else `none`.
     */
    client_certificates: z.enum(['none', 'optional', 'required']).optional(),
    /** Authorities of clients whose certificates only open the connection and say nothing about who calls. */
    client_ca: file.optional(),
    min_version: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2'),
    poll_ms: positiveMilliseconds.default(10_000),
  })
  .superRefine(({ client_ca: ca, client_certificates: wanted }, context) => {
    if (ca === undefined || wanted === 'required') return;
    context.addIssue({
      code: 'custom',
      path: ['client_ca'],
      message: 'is only looked at with client_certificates: required',
    });
  });
type ParsedTls = z.output<typeof trafficTlsSchema>;
export type TrafficTlsConfig = ParsedTls & { readonly client_certificates: 'none' | 'optional' | 'required' };

const trustDomainSchema = z.strictObject({
  /** SPIFFE-ID, 2.1. */
  name: z.string().regex(/^[a-z0-9._-]{1,255}$/, 'must be a trust domain such as prod.example.org'),
  /** PEM of its authorities. */
  ca: file,
});
export type TrustDomainConfig = z.infer<typeof trustDomainSchema>;

/** Client certificates that are X.509-SVIDs (SPIFFE). */
export const mtlsSchema = z.strictObject({
  trust_domains: z.array(trustDomainSchema).min(1).max(100).superRefine(refuseTwins),
});
export type MtlsConfig = z.infer<typeof mtlsSchema>;

function refuseTwins(domains: readonly TrustDomainConfig[], context: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const [index, { name }] of domains.entries()) {
    if (seen.has(name)) context.addIssue({ code: 'custom', path: [index, 'name'], message: 'is there already' });
    seen.add(name);
  }
}

/** What both parts together must be: certificates can't be read without TLS, and are for one purpose. */
export function refuseTlsWithoutSense(
  config: {
    readonly proxy: { readonly tls?: ParsedTls | undefined };
    readonly identity: { readonly mtls?: MtlsConfig | undefined };
  },
  context: z.RefinementCtx,
): void {
  const { tls } = config.proxy;
  const refuse = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message });
  if (config.identity.mtls === undefined) {
    if (tls?.client_certificates === 'optional') {
      refuse(
        ['proxy', 'tls', 'client_certificates'],
        'is of no use without identity.mtls; require them or leave it out',
      );
    }
    if (tls?.client_certificates === 'required' && tls.client_ca === undefined) {
      refuse(['proxy', 'tls', 'client_ca'], 'must name the authorities of the clients');
    }
    return;
  }
  if (tls === undefined) refuse(['identity', 'mtls'], 'needs proxy.tls');
  if (tls?.client_certificates === 'none') {
    refuse(['proxy', 'tls', 'client_certificates'], 'must be optional or required, because identity.mtls reads them');
  }
  if (tls?.client_ca !== undefined) {
    refuse(
      ['proxy', 'tls', 'client_ca'],
      'must be left out: with identity.mtls the authorities are those of its trust domains',
    );
  }
}

/** With the default that depends on whether anybody reads client certificates. */
export function trafficTlsOf(config: {
  readonly proxy: { readonly tls?: ParsedTls | undefined };
  readonly identity: { readonly mtls?: MtlsConfig | undefined };
}): TrafficTlsConfig | null {
  const { tls } = config.proxy;
  if (tls === undefined) return null;
  const standard = config.identity.mtls === undefined ? 'none' : 'optional';
  return { ...tls, client_certificates: tls.client_certificates ?? standard };
}
