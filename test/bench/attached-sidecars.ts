/**
 * Sidecars as the control plane sees them, many in one process: registered, reading the stream, reporting what they have
 * applied. They decide nothing. Prints `attached` once all are on the tail.
 */
import { createDenialKey } from '../../core/decision/denial-token.ts';
import { decodeFeedMessage } from '../../core/feed/feed-message.ts';
import { newId } from '../../core/access/ids.ts';

const [control, token, count] = process.argv.slice(2);
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
const { publicJwk } = await createDenialKey();

async function attach(): Promise<void> {
  const instance = newId('sidecar');
  const own = `${control}/feed/v1/sidecars/${instance}`;
  const registration = {
    public_url: 'http://127.0.0.1:1',
    // Not among those that anybody waits for.
    resources: ['*'],
    denial_key: { ...publicJwk, kid: instance },
    policy_revision: null,
    version: 'bench',
  };
  const put = await fetch(own, { method: 'PUT', headers, body: JSON.stringify(registration) });
  if (put.status !== 204) throw new Error(`not registered: ${put.status} ${await put.text()}`);
  const stream = await fetch(`${control}/feed/v1/stream?instance=${instance}&resources=*`, { headers });
  if (stream.status !== 200) throw new Error(`no stream: ${stream.status} ${await stream.text()}`);
  const lines = readLines(stream);
  let epoch = '';
  for await (const line of lines) {
    const message = decodeFeedMessage(line);
    if (message.type === 'hello') epoch = message.epoch;
    if (message.type === 'snapshot-end') break;
  }
  void follow(lines, own, epoch);
}

async function follow(lines: AsyncGenerator<string>, own: string, epoch: string): Promise<void> {
  let newest = 0;
  let reporting = false;
  const report = async (): Promise<void> => {
    if (reporting) return;
    reporting = true;
    for (let sent = 0; sent < newest;) {
      sent = newest;
      const answer = await fetch(`${own}/applied`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ epoch, revision: sent }),
      });
      await answer.arrayBuffer();
    }
    reporting = false;
  };
  for await (const line of lines) {
    const message = decodeFeedMessage(line);
    if (message.type !== 'change') continue;
    newest = message.revision;
    void report();
  }
}

async function* readLines(response: Response): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
}

await Promise.all(Array.from({ length: Number(count) }, attach));
console.log('attached');
