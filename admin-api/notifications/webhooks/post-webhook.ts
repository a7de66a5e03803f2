import { isIP } from 'node:net';
import { Agent, request } from 'undici';
import { isPrivateAddress, PrivateAddress, publicLookup } from './private-address.ts';

/** What is kept of an answer: enough to see what went wrong. */
const EXCERPT_BYTES = 1_024;

export interface WebhookAnswer {
  readonly status: number;
  /** The beginning of the body, as text. */
  readonly excerpt: string;
  /** What `Retry-After` asks for, in milliseconds. */
  readonly retryAfterMs: number | undefined;
}

export interface WebhookCaller {
  /** @throws Error when there was no answer in time, or the address may not be called */
  post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<WebhookAnswer>;
  close(): Promise<void>;
}

/** Calls addresses that Admins entered: no redirects, no private addresses unless allowed, no answer kept in full. */
export function createWebhookCaller(options: {
  readonly allowPrivate: boolean;
  readonly timeoutMs: number;
}): WebhookCaller {
  const { allowPrivate, timeoutMs } = options;
  const agent = new Agent({
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { timeout: timeoutMs, ...(allowPrivate ? {} : { lookup: publicLookup }) },
  });
  return {
    async post(url, headers, body) {
      assertCallable(url, allowPrivate);
      const answer = await request(url, {
        dispatcher: agent,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'Hallpass-Webhook/1', ...headers },
        body,
        signal: AbortSignal.timeout(timeoutMs),
      });
      const retryAfter = answer.headers['retry-after'];
      return {
        status: answer.statusCode,
        excerpt: await readExcerpt(answer.body),
        retryAfterMs: typeof retryAfter === 'string' ? retryAfterMs(retryAfter) : undefined,
      };
    },
    close: () => agent.destroy(),
  };
}

/** A literal address is looked up nowhere, so it is checked here. @throws PrivateAddress */
export function assertCallable(url: string, allowPrivate: boolean): void {
  const host = new URL(url).hostname.replaceAll(/^\[|\]$/g, '');
  if (!allowPrivate && isIP(host) !== 0 && isPrivateAddress(host)) throw new PrivateAddress(host);
}

async function readExcerpt(body: AsyncIterable<Buffer> & { destroy(): unknown }): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= EXCERPT_BYTES) break;
  }
  const text = Buffer.concat(chunks).subarray(0, EXCERPT_BYTES).toString('utf8');
  return text.replaceAll('\0', ' ').toWellFormed();
}

/** RFC 9110 10.2.3: seconds, or a date, which nobody sends to programs and which is not taken. */
function retryAfterMs(text: string): number | undefined {
  return /^\d{1,7}$/.test(text) ? Number(text) * 1000 : undefined;
}
