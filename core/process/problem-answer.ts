/** RFC 9457. */
export const PROBLEM_TYPE_BASE = 'https://hallpass.dev/problems/';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A problem document of the proxy's own that is no denial: an upstream that failed, bytes that are no request. */
export function problemAnswer(
  status: number,
  code: string,
  title: string,
  detail: string,
  members: Readonly<Record<string, unknown>> = {},
): Answer {
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
    body: `${JSON.stringify({ type: `${PROBLEM_TYPE_BASE}${code}`, title, status, detail, ...members })}\n`,
  };
}
