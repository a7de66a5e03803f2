import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readPathTable } from '../support/path-table.ts';
import { CLOSED, fillIn, OPEN } from './attack-vectors/wire-vector.ts';
import { grant, TEST_FACTS } from './support/facts.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';
import { talk } from './support/wire-client.ts';
import { WireUpstream } from './support/wire-upstream.ts';

const ROWS = readPathTable();
/** Ways from what is open to what is closed, and from nowhere to anywhere, by every row that is refused. */
const ESCAPES = ['..', '%2e%2e', '.%2e', '..;', '..%2f', '..%5c', '%252e%252e', '%c0%ae%c0%ae', '.', '%u002e%u002e'];

/** What was judged is what is sent (law 12), for every row of docs/paths.md, through the whole sidecar. */
describe('request targets', () => {
  let sidecar: TestSidecar;
  let upstream: WireUpstream;
  let credentials: string;
  beforeAll(async () => {
    upstream = new WireUpstream();
    await upstream.start();
    sidecar = await startSidecar({
      facts: [...TEST_FACTS, grant('grt_1', 'member', 'connection:aws-staging')],
      routes: [
        { path: OPEN, resource: 'connection:aws-staging', upstream: upstream.url, strip_prefix: false },
        { path: CLOSED, resource: 'connection:aws-production', upstream: upstream.url, strip_prefix: false },
        { path: '/targets/billing-db', resource: 'target:billing-db', upstream: upstream.url },
      ],
    });
    credentials = `Authorization: Bearer ${await sidecar.tokenOf('member')}\r\n`;
  });
  beforeEach(() => upstream.forget());
  afterAll(async () => {
    await sidecar.stop();
    await upstream.stop();
  });
  const send = async (target: string, method = 'GET') => {
    const bytes = fillIn(`${method} ${target} HTTP/1.1\r\n★\r\n`, credentials);
    const { answers } = await talk(sidecar.proxy.ports.proxy, bytes, { answers: 1, isHead: () => method === 'HEAD' });
    const status = Number(answers[0]?.start.slice(9, 12) ?? 0);
    return { status, body: answers[0]?.body ?? '', seen: upstream.requests.map(({ start }) => start.split(' ')[1]) };
  };
  const below = (prefix: string, path: string) => path.replace(/^\/a(?=[/?;\\%#]|$)/, prefix);

  it.each(ROWS.filter(({ becomes }) => becomes !== null))(
    '$sent is judged and sent as $becomes',
    async ({ sent, becomes }) => {
      const { status, seen } = await send(below(OPEN, sent));
      expect([status, seen]).toEqual([200, [below(OPEN, becomes!)]]);
      const denied = await send(below(CLOSED, sent));
      expect([denied.status, denied.seen.length]).toEqual([403, 1]);
    },
  );

  it.each(ROWS.filter(({ becomes }) => becomes === null))('$sent is refused, whoever asks for it', async ({ sent }) => {
    for (const target of [below(OPEN, sent), sent]) {
      const { status, body, seen } = await send(target);
      expect([status, seen]).toEqual([400, []]);
      expect(JSON.parse(body)).toMatchObject({ reason: expect.stringMatching(/^(path|request)-refused$/) });
    }
  });

  it.each(ESCAPES)('%s leads nobody from one resource to another', async (step) => {
    for (const target of [
      `${OPEN}/${step}/aws-production/echo`,
      `${OPEN}/x/${step}/${step}/aws-production/echo`,
      `${OPEN}${step}/aws-production`,
      `/${step}${CLOSED}/echo`,
      `${OPEN}/${step}`,
      `/targets/${step}/connections/aws-production`,
    ]) {
      const { status, seen } = await send(target);
      expect([target, [400, 404].includes(status), seen]).toEqual([target, true, []]);
    }
  });

  it.each(['GET', 'POST', 'OPTIONS', 'DELETE', 'PUT', 'HEAD'])('are read alike for a %s', async (method) => {
    expect((await send(`${OPEN}/..%2fb`, method)).seen).toEqual([]);
    expect((await send('*', method)).seen).toEqual([]);
    expect((await send(`http://x${OPEN}/b`, method)).seen).toEqual([]);
  });
});
