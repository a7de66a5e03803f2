import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CHUNK_VECTORS } from './attack-vectors/chunk-vectors.ts';
import { HOST_VECTORS } from './attack-vectors/host-vectors.ts';
import { LENGTH_VECTORS } from './attack-vectors/length-vectors.ts';
import { LINE_VECTORS } from './attack-vectors/line-vectors.ts';
import { ORDER_CASES, ORDER_VECTORS } from './attack-vectors/order-vectors.ts';
import { fillIn, OPEN, runVector, type WireVector } from './attack-vectors/wire-vector.ts';
import { grant, TEST_FACTS } from './support/facts.ts';
import { routesTo, startSidecar, type TestSidecar } from './support/sidecar.ts';
import { talk, type Delivery } from './support/wire-client.ts';
import { WireUpstream } from './support/wire-upstream.ts';

const DELIVERIES: readonly Delivery[] = ['whole', 'head, then body', 'byte by byte'];
/** What is refused by its head is refused whenever its body comes. */
const waysOf = ({ outcome }: WireVector): readonly Delivery[] =>
  outcome === 'refused' ? DELIVERIES.filter((delivery) => delivery !== 'head, then body') : DELIVERIES;
const everyWay = (vectors: readonly WireVector[]): [string, Delivery, WireVector][] =>
  vectors.flatMap((vector) => waysOf(vector).map((way): [string, Delivery, WireVector] => [vector.name, way, vector]));

/** Request smuggling: where one message ends and the next begins must be the same to us and to any upstream. */
describe('the framing of messages', () => {
  let sidecar: TestSidecar;
  let upstream: WireUpstream;
  let place: Parameters<typeof runVector>[1];
  beforeAll(async () => {
    upstream = new WireUpstream();
    await upstream.start();
    const facts = [...TEST_FACTS, grant('grt_1', 'member', 'connection:aws-staging')];
    sidecar = await startSidecar({ facts, routes: routesTo(upstream.url) });
    const credentials = `Authorization: Bearer ${await sidecar.tokenOf('member')}\r\n`;
    place = { port: sidecar.proxy.ports.proxy, upstream, credentials };
  });
  afterAll(async () => {
    await sidecar.stop();
    await upstream.stop();
  });

  it.each(everyWay(LENGTH_VECTORS))(
    'by length or coding is one or none: %s, sent %s',
    async (_name, delivery, vector) => {
      await runVector(vector, place, delivery);
    },
  );

  it.each(everyWay(CHUNK_VECTORS))('by chunks is one or none: %s, sent %s', async (_name, delivery, vector) => {
    await runVector(vector, place, delivery);
  });

  it.each(everyWay(LINE_VECTORS))('by lines is one or none: %s, sent %s', async (_name, delivery, vector) => {
    await runVector(vector, place, delivery);
  });

  it.each(everyWay(HOST_VECTORS))('by host is one or none: %s, sent %s', async (_name, delivery, vector) => {
    await runVector(vector, place, delivery);
  });

  it.each(everyWay(ORDER_VECTORS))('is one of HTTP/1.1 and stays it: %s, sent %s', async (_name, delivery, vector) => {
    await runVector(vector, place, delivery);
  });

  it.each(ORDER_CASES)('keeps the order of answers: $name', async ({ bytes, statuses, seen }) => {
    upstream.forget();
    const isHead = (index: number) => bytes.startsWith('HEAD') && index === 0;
    const answer = await talk(place.port, fillIn(bytes, place.credentials), { answers: statuses.length, isHead });
    expect([answer.problem, answer.statuses]).toEqual([null, statuses]);
    await talk(place.port, fillIn(`GET ${OPEN}/probe HTTP/1.1\r\n★\r\n`, place.credentials), { answers: 1 });
    expect(upstream.requests.map(({ start }) => start.replace(' HTTP/1.1', ''))).toEqual(
      expect.arrayContaining([...seen, 'GET /probe']),
    );
    expect(upstream.requests).toHaveLength(seen.length + 1);
  });
});
