import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '../../core/process/logger.ts';
import type { ProxyConfigInput } from '../../proxy/config.ts';
import { waitUntil } from '../support/wait-until.ts';
import { grant, TEST_FACTS } from './support/facts.ts';
import { openDownload, openWebSocket } from './support/open-connections.ts';
import { OtlpCollector } from './support/otlp-collector.ts';
import { startSidecar, type TestSidecar, type TestSidecarOptions } from './support/sidecar.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = `00-${TRACE}-00f067aa0ba902b7-01`;
const PATH = '/connections/aws-production/things';
const FACTS = [...TEST_FACTS, grant('grt_1', 'member', 'connection:aws-production')];
const LIMITS = {
  feed_reconnect_min_ms: 10,
  feed_reconnect_max_ms: 50,
  shutdown_grace_ms: 50,
  jwks_cooldown_ms: 0,
  trace_export_delay_ms: 20,
};

let collector: OtlpCollector;
let sidecar: TestSidecar;
let lines: Record<string, unknown>[];

beforeEach(async () => {
  collector = new OtlpCollector();
  await collector.start();
});
afterEach(async () => {
  await sidecar.stop();
  await collector.stop();
});

async function start(
  telemetry: ProxyConfigInput['telemetry'],
  options: TestSidecarOptions = {},
  otlpHeaders: Record<string, string> = {},
): Promise<void> {
  lines = [];
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  sidecar = await startSidecar({
    facts: FACTS,
    logger: createLogger('proxy', 'info', destination),
    config: { telemetry, limits: LIMITS },
    otlpHeaders,
    ...options,
  });
}

const tracing = () => ({ tracing: { otlp_url: collector.url } });
const spansOf = async (count: number) => {
  await waitUntil(`${count} spans`, () => collector.spans.length >= count);
  return collector.spans;
};
const linesOf = (msg: string) => lines.filter((line) => line['msg'] === msg);

describe('W3C trace context', () => {
  it('goes on as it came while nobody traces here', async () => {
    await start({});
    await sidecar.visit('member', PATH, { headers: { traceparent: PARENT, tracestate: 'vendor=1' } });
    const [seen] = sidecar.upstream.requests;
    expect([seen?.headers['traceparent'], seen?.headers['tracestate']]).toEqual([PARENT, 'vendor=1']);
  });

  it('is continued where the sidecar traces: the upstream hangs below our span, and the state goes on', async () => {
    await start(tracing());
    await sidecar.visit('member', PATH, { headers: { traceparent: PARENT, tracestate: 'vendor=1' } });
    const spans = await spansOf(2);
    const server = spans.find(({ kind }) => kind === 2);
    const client = spans.find(({ kind }) => kind === 3);
    expect([server?.traceId, server?.parentSpanId]).toEqual([TRACE, '00f067aa0ba902b7']);
    expect([client?.traceId, client?.parentSpanId]).toEqual([TRACE, server?.spanId]);
    const [seen] = sidecar.upstream.requests;
    expect(seen?.headers['traceparent']).toBe(`00-${TRACE}-${client?.spanId}-01`);
    expect(seen?.headers['tracestate']).toBe('vendor=1');
  });

  it('that is broken or ambiguous begins a new trace, and its state is dropped', async () => {
    await start(tracing());
    for (const traceparent of [`00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, 'nonsense', `${PARENT}, ${PARENT}`]) {
      await sidecar.visit('member', PATH, { headers: { traceparent, tracestate: 'vendor=1' } });
      const seen = sidecar.upstream.requests.at(-1);
      expect(seen?.headers['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
      expect(seen?.headers['traceparent']).not.toContain(TRACE);
      expect(seen?.headers['tracestate']).toBeUndefined();
    }
  });

  it('follows the choice of a caller who does not sample, and of the ratio where there is no caller', async () => {
    await start({ tracing: { otlp_url: collector.url, sample_ratio: 0 } });
    await sidecar.visit('member', PATH, { headers: { traceparent: PARENT.replace(/01$/, '00') } });
    await sidecar.visit('member', PATH);
    expect(sidecar.upstream.requests.map(({ headers }) => headers['traceparent']?.slice(-3))).toEqual(['-00', '-00']);
    await sidecar.visit('member', PATH, { headers: { traceparent: PARENT } });
    expect((await spansOf(2)).map(({ traceId }) => traceId)).toEqual([TRACE, TRACE]);
  });
});

describe('a span', () => {
  it('says what was decided, and nothing that names a person or a secret', async () => {
    await start(tracing(), {}, { 'x-api-key': 'for-the-collector' });
    await sidecar.visit('member', `${PATH}?token=query-secret`);
    const server = (await spansOf(2)).find(({ kind }) => kind === 2);
    expect(server).toMatchObject({
      name: 'GET /connections/aws-production',
      status: 0,
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/connections/aws-production',
        'http.response.status_code': 200,
        'hallpass.resource': 'connection:aws-production',
        'hallpass.action': 'read',
        'hallpass.allow': true,
        'hallpass.reason': 'granted-resource',
      },
      resource: { 'service.name': 'hallpass-sidecar', 'service.instance.id': sidecar.proxy.instance },
    });
    const [decision] = linesOf('decision');
    expect(server?.attributes['hallpass.evaluation_id']).toBe(decision?.['evaluation_id']);
    expect(collector.headers[0]?.['x-api-key']).toBe('for-the-collector');
    const told = collector.bodies.join('');
    for (const secret of ['query-secret', 'things', 'member', await sidecar.tokenOf('member')]) {
      expect([secret, told.includes(secret)]).toEqual([secret, false]);
    }
  });

  it('of a denial has its reason and no part of an upstream', async () => {
    await start(tracing());
    await sidecar.visit('member2', PATH);
    const spans = await spansOf(1);
    expect(spans.map(({ kind, status }) => [kind, status])).toEqual([[2, 0]]);
    expect(spans[0]?.attributes).toMatchObject({
      'hallpass.allow': false,
      'hallpass.reason': 'no-grant',
      'http.response.status_code': 403,
    });
  });

  it('of a WebSocket lasts as long as it is open', async () => {
    await start(tracing());
    const token = await sidecar.tokenOf('member');
    const socket = await openWebSocket(`${sidecar.url}/connections/aws-production/ws`, token);
    expect(collector.spans).toEqual([]);
    socket.close();
    const spans = await spansOf(2);
    expect(spans.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([101, 101]);
  });

  it('is dropped and counted where the collector does not take it, and no request notices', async () => {
    collector.status = 400;
    await start(tracing());
    expect((await sidecar.visit('member', PATH)).status).toBe(200);
    await waitUntil('a batch that failed', async () =>
      (await sidecar.metrics()).includes('hallpass_proxy_trace_spans_total{result="failed"} 2'),
    );
    expect((await sidecar.visit('member', PATH)).status).toBe(200);
  });

  it('still arrives when the sidecar stops right after', async () => {
    await start(tracing(), { config: { telemetry: tracing(), limits: { ...LIMITS, trace_export_delay_ms: 60_000 } } });
    await sidecar.visit('member', PATH);
    await sidecar.stop();
    expect(collector.spans).toHaveLength(2);
  });
});

describe("OPA's decision log", () => {
  it('names the span of the request, kept or not, and none where nobody traces', async () => {
    const decisionLogs = { decision_logs: { console: true } };
    await start(tracing(), { config: { telemetry: tracing(), limits: LIMITS, ...decisionLogs } });
    await sidecar.visit('member', PATH, { headers: { traceparent: PARENT } });
    await sidecar.visit('member2', PATH, { headers: { traceparent: PARENT } });
    await sidecar.visit('member', PATH, { headers: { traceparent: PARENT.replace(/01$/, '00') } });
    await waitUntil('three events', () => linesOf('Decision Log').length === 3);
    const servers = (await spansOf(3)).filter(({ name }) => name.startsWith('GET /'));
    const events = linesOf('Decision Log').map(({ decision_id, trace_id, span_id }) => ({
      decision_id,
      trace_id,
      span_id,
    }));
    const decided = linesOf('decision').map((line) => line['evaluation_id']);
    expect(events.map(({ decision_id }) => decision_id)).toEqual(decided);
    expect(events.map(({ trace_id }) => trace_id)).toEqual([TRACE, TRACE, TRACE]);
    expect(events[2]!.span_id).toMatch(/^[0-9a-f]{16}$/);
    for (const [index, server] of servers.entries()) expect(events[index]!.span_id).toBe(server.spanId);

    await sidecar.stop();
    await start({}, { config: { telemetry: {}, limits: LIMITS, ...decisionLogs } });
    await sidecar.visit('member', PATH, { headers: { traceparent: PARENT } });
    await waitUntil('an event', () => linesOf('Decision Log').length === 1);
    expect(Object.keys(linesOf('Decision Log')[0]!)).not.toContain('trace_id');
  });
});

describe('the access log', () => {
  it('has one line a request that joins with its decision by the evaluation id', async () => {
    await start({ access_log: { enabled: true } });
    await sidecar.visit('member', `${PATH}?q=1`, { headers: { traceparent: PARENT } });
    await sidecar.visit('member2', PATH);
    await waitUntil('two lines', () => linesOf('access').length === 2);
    const decisions = linesOf('decision').map((line) => line['evaluation_id']);
    expect(linesOf('access')).toEqual([
      expect.objectContaining({
        evaluation_id: decisions[0],
        trace_id: TRACE,
        kind: 'request',
        method: 'GET',
        status: 200,
        whole: true,
        bytes_in: expect.any(Number),
        bytes_out: expect.any(Number),
        duration_ms: expect.any(Number),
      }),
      expect.objectContaining({ evaluation_id: decisions[1], status: 403, whole: true }),
    ]);
    for (const line of linesOf('access')) {
      expect(line['bytes_out']).toBeGreaterThan(100);
      expect('path' in line).toBe(false);
    }
  });

  it('has the judged path where that is wanted, and never the query', async () => {
    await start({ access_log: { enabled: true, path: true } });
    await sidecar.visit('member', `${PATH}?secret=1`);
    await waitUntil('a line', () => linesOf('access').length === 1);
    expect(linesOf('access')[0]).toMatchObject({ path: PATH });
    expect(JSON.stringify(lines)).not.toContain('secret=1');
  });

  it('says of what was cut that it is not whole', async () => {
    await start({ access_log: { enabled: true } });
    await openDownload(`${sidecar.url}/connections/aws-production/events`, await sidecar.tokenOf('member'));
    sidecar.feed.change({ kind: 'grant', id: 'grt_1', value: null });
    await waitUntil('a line', () => linesOf('access').length === 1);
    expect(linesOf('access')[0]).toMatchObject({ status: 200, whole: false });
    expect(linesOf('cut')[0]?.['evaluation_id']).toBe(linesOf('access')[0]?.['evaluation_id']);
  });

  it('is off unless it is asked for', async () => {
    await start({});
    await sidecar.visit('member', PATH);
    expect(linesOf('decision')).toHaveLength(1);
    expect(linesOf('access')).toEqual([]);
  });
});

describe('exemplars', () => {
  it('lead from a cut to its decision', async () => {
    await start({});
    await openDownload(`${sidecar.url}/connections/aws-production/events`, await sidecar.tokenOf('member'));
    sidecar.feed.change({ kind: 'grant', id: 'grt_1', value: null });
    await waitUntil('the cut', () => linesOf('cut').length === 1);
    const accept = 'application/openmetrics-text;version=1.0.0';
    const text = await (await fetch(`${sidecar.opsUrl}/metrics`, { headers: { accept } })).text();
    const id = linesOf('cut')[0]?.['evaluation_id'] as string;
    expect(text).toMatch(
      new RegExp(`^hallpass_proxy_cut_delay_seconds_bucket\\{le="[^"]+"\\} 1 # \\{evaluation_id="${id}"\\}`, 'm'),
    );
  });
});
