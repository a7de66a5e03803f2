import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { DEMO_RESOURCES } from '../../../quickstart/demo-people.ts';
import { startDemoUpstreams } from '../../../quickstart/demo-upstreams.ts';

let demo: Awaited<ReturnType<typeof startDemoUpstreams>>;
let url: string;

beforeAll(async () => {
  demo = await startDemoUpstreams(DEMO_RESOURCES);
  url = demo.upstreams.find(({ resource }) => resource.id === 'aws-production')!.url;
});
afterAll(() => demo.stop());

describe('the demo upstreams', () => {
  it('are one per Connection and Target', () => {
    expect(demo.upstreams.map(({ resource }) => `${resource.type}:${resource.id}`).toSorted()).toEqual([
      'connection:aws-production',
      'connection:aws-staging',
      'connection:payroll',
      'target:billing-db',
    ]);
  });

  it('echo what arrived', async () => {
    const response = await fetch(`${url}/echo?a=1`, { method: 'POST', headers: { 'x-word': 'hello' }, body: 'body' });
    expect(await response.json()).toMatchObject({
      upstream: 'connection:aws-production',
      method: 'POST',
      path: '/echo?a=1',
      headers: { 'x-word': 'hello' },
      body: 'body',
    });
  });

  it('stream events', async () => {
    const response = await fetch(`${url}/events`);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('{"tick":2}')) text += (await reader.read()).value;
    await reader.cancel();
  });

  it('echo and tick over a WebSocket', async () => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`);
    const said: string[] = [];
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('open', () => socket.send('hello'));
      socket.on('message', (data: Buffer) => {
        said.push(data.toString());
        if (said.includes('hello') && said.includes('{"tick":1}')) resolve();
      });
    });
    socket.terminate();
  });

  it('drip', async () => {
    const response = await fetch(`${url}/slow`);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toContain('drip');
    await reader.cancel();
  });

  it('say what there is elsewhere', async () => {
    const response = await fetch(`${url}/nothing`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('/echo');
  });
});
