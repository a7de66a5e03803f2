import { createServer } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Counter, Histogram } from 'prom-client';
import { createMetrics } from '../../../core/process/metrics.ts';
import {
  closeServer,
  listen,
  startOpsServer,
  type OpsServer,
  type Readiness,
} from '../../../core/process/ops-server.ts';

let ops: OpsServer;
let readiness: Readiness;
const registry = createMetrics({ part: 'proxy' });

beforeEach(async () => {
  readiness = { ready: true, missing: [] };
  ops = await startOpsServer({ host: '127.0.0.1', port: 0, registry, readiness: () => readiness });
});
afterEach(() => ops.close());

const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${ops.port}${path}`);

describe('the ops port', () => {
  it('is live whenever it answers at all, ready or not', async () => {
    readiness = { ready: false, missing: ['policy'] };
    const response = await get('/livez');
    expect([response.status, await response.text()]).toEqual([200, 'live\n']);
  });

  it('speaks OpenMetrics to who asks for it, exemplars included, and the other format is none the worse', async () => {
    const slow = new Histogram({ name: 'slow_seconds', help: 'h', buckets: [1], enableExemplars: true, registers: [] });
    registry.registerMetric(slow);
    slow.observe({ value: 0.5, exemplarLabels: { trace_id: 'abc' } });
    new Counter({ name: 'things_total', help: 'h', registers: [registry] }).inc();
    const accept = 'application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5';
    for (const turn of [1, 2]) {
      const open = await fetch(`http://127.0.0.1:${ops.port}/metrics`, { headers: { accept } });
      const text = await open.text();
      expect([turn, open.headers.get('content-type')]).toEqual([turn, expect.stringContaining('openmetrics')]);
      expect(text).toContain('# TYPE things counter');
      expect(text).toMatch(/^things_total\{part="proxy"\} 1$/m);
      expect(text).toMatch(/^slow_seconds_bucket\{.*\} 1 # \{trace_id="abc"\} 0\.5 \d/m);
      expect(text).toMatch(/\n# EOF\n$/);
      const plain = await (await get('/metrics')).text();
      expect(plain).toContain('# TYPE things_total counter');
      expect(plain).not.toContain('trace_id');
    }
  });

  it('is ready, or says what is missing', async () => {
    expect((await get('/readyz')).status).toBe(200);
    readiness = { ready: false, missing: ['policy', 'facts'] };
    const response = await get('/readyz?verbose');
    expect([response.status, await response.json()]).toEqual([
      503,
      { ready: false, missing: ['policy', 'facts'], warnings: [] },
    ]);
  });

  it('has metrics that Prometheus reads, each with the labels of its part', async () => {
    new Counter({ name: 'hallpass_test_total', help: 'A test.', registers: [registry] }).inc(2);
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toContain('text/plain');
    const text = await response.text();
    expect(text).toContain('hallpass_test_total{part="proxy"} 2');
    expect(text).toContain('process_cpu_seconds_total');
  });

  it.each(['/', '/livez/', '/metrics/x', '/admin'])('has nothing at %s', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it('keeps the counters of two parts in one process apart', async () => {
    new Counter({ name: 'only_in_one_total', help: 'A test.', registers: [createMetrics()] }).inc();
    expect(await registry.metrics()).not.toContain('only_in_one_total');
  });
});

describe('a server', () => {
  it('that can not listen says why', async () => {
    await expect(listen(createServer(), ops.port, '127.0.0.1')).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('closes although somebody keeps a connection open', async () => {
    const server = createServer();
    const port = await listen(server, 0, '127.0.0.1');
    const accepted = once(server, 'connection');
    const socket = connect(port, '127.0.0.1');
    await accepted;
    const ended = once(socket, 'close');
    socket.resume();
    await closeServer(server);
    await ended;
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });
});
