import { createServer, type IncomingHttpHeaders } from 'node:http';
import { closeServer, listen } from '../../core/process/ops-server.ts';
import { waitUntil } from './wait-until.ts';

export interface ReceivedWebhook {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body, read as JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into bodies whose shape is what they test
  readonly json: any;
}

export interface WebhookReceiver {
  readonly url: string;
  readonly received: ReceivedWebhook[];
  /** How to answer from now on. */
  answer: (call: ReceivedWebhook) => {
    readonly status: number;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  };
  /** A call that is of this type; waits for it. */
  waitFor(type: string): Promise<ReceivedWebhook>;
  stop(): Promise<void>;
}

/** Somebody else's program that is told of events. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const call = { path: request.url ?? '', headers: request.headers, body, json: JSON.parse(body || 'null') };
    received.push(call);
    const { status, headers = {}, body: answer = '' } = receiver.answer(call);
    response.writeHead(status, headers).end(answer);
  });
  const port = await listen(server, 0, '127.0.0.1');
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${port}`,
    received,
    answer: () => ({ status: 204 }),
    waitFor: (type) => waitUntil(`a webhook of ${type}`, () => received.find((call) => call.json?.type === type)),
    stop: () => closeServer(server),
  };
  return receiver;
}
