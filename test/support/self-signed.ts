import { issueCertificate } from './certificate-maker.ts';

/** A certificate for 127.0.0.1 that vouches for itself (RFC 5280), with its key, both PEM; good for a day. */
export function selfSigned(nowMs = Date.now()): { readonly certificate: string; readonly key: string } {
  return issueCertificate({
    name: 'hallpass test',
    issuer: null,
    ips: ['127.0.0.1'],
    usages: ['digitalSignature', 'keyCertSign'],
    fromMs: nowMs - 3_600_000,
    untilMs: nowMs + 86_400_000,
  });
}
