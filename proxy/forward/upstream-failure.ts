export type UpstreamFailure = 'unreachable' | 'timeout';

/** Of undici, and of the timer of uploads. */
const TIMEOUT_CODES: ReadonlySet<string> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'ETIMEDOUT',
  'HALLPASS_UPSTREAM_TIMEOUT',
]);

/** The upstream had begun to be asked, and did not begin to answer in time. */
export class UpstreamTimeout extends Error {
  override readonly name = 'UpstreamTimeout';
  readonly code = 'HALLPASS_UPSTREAM_TIMEOUT';
}

export function failureOf(error: Error): UpstreamFailure {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && TIMEOUT_CODES.has(code) ? 'timeout' : 'unreachable';
}
