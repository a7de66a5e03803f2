import { createHmac, timingSafeEqual } from 'node:crypto';

/** How old a request of Slack's may be, and how far its clock may be ahead. */
const MAX_AGE_SECONDS = 300;

/**
 * Whether Slack sent this, and lately: HMAC-SHA256 with the app's signing secret over `v0:<timestamp>:<raw body>`
 * (docs.slack.dev, "Verifying requests from Slack").
 * @param timestamp value of `X-Slack-Request-Timestamp`, in seconds since the Unix epoch
 * @param signature value of `X-Slack-Signature`
 */
export function verifySlackSignature(
  request: { readonly timestamp: string | undefined; readonly signature: string | undefined; readonly body: Buffer },
  signingSecret: string,
  nowMs: number,
): 'ok' | 'bad signature' | 'too old' {
  const { timestamp, signature, body } = request;
  if (timestamp === undefined || signature === undefined || !/^\d{1,12}$/.test(timestamp)) return 'bad signature';
  const expected = createHmac('sha256', signingSecret).update(`v0:${timestamp}:`).update(body).digest();
  const given = Buffer.from(/^v0=([0-9a-f]{64})$/.exec(signature)?.[1] ?? '', 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'bad signature';
  return Math.abs(nowMs / 1000 - Number(timestamp)) > MAX_AGE_SECONDS ? 'too old' : 'ok';
}
