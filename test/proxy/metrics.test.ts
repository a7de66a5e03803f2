import { afterEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { readFile } from 'node:fs/promises';
import { grant, TEST_FACTS } from './support/facts.ts';
import { startSidecar, type TestSidecar } from './support/sidecar.ts';

/** Bounds that are set where they belong, and not among `limits`. */
const BOUNDS_ELSEWHERE = [
  'assertion_lifetime_seconds',
  'assertion_rotate_ms',
  'assertions',
  'facts_max_age_ms',
  'policy_long_poll_seconds',
  'policy_max_delay_ms',
  'policy_min_delay_ms',
  'policy_poll_ms',
];

describe('the metrics', () => {
  let sidecar: TestSidecar;
  afterEach(() => sidecar.stop());

  it('show every bound (law 15), and the documented example names each of them', async () => {
    sidecar = await startSidecar();
    const shown = [...(await sidecar.metrics()).matchAll(/^hallpass_proxy_limit\{name="(\w+)"\} \d+$/gm)].map(
      ([, name]) => name,
    );
    const example = parse(await readFile(new URL('../../proxy/example.yaml', import.meta.url), 'utf8')) as {
      limits: object;
    };
    expect(shown.toSorted()).toEqual([...Object.keys(example.limits), ...BOUNDS_ELSEWHERE].toSorted());
  });

  it('count decisions by reason, and nobody can make series by sending requests', async () => {
    sidecar = await startSidecar({ facts: [...TEST_FACTS, grant('grt_1', 'member', 'connection:aws-production')] });
    await sidecar.visit('member', '/connections/aws-production/echo');
    await sidecar.visit('member2', '/connections/aws-production/echo');
    const series = async () =>
      (await sidecar.metrics()).split('\n').filter((line) => line.startsWith('hallpass_')).length;
    await sidecar.visit('member', '/nowhere');
    const before = await series();
    for (let count = 0; count < 20; count += 1) {
      await sidecar.visit('member', `/nowhere/${count}`, { headers: { 'user-agent': `agent-${count}` } });
    }
    expect(await series()).toBe(before);
    const metrics = await sidecar.metrics();
    expect(metrics).toContain('hallpass_proxy_decisions_total{allow="true",reason="granted-resource",via="proxy"} 1');
    expect(metrics).toContain('hallpass_proxy_decisions_total{allow="false",reason="no-grant",via="proxy"} 1');
    expect(metrics).toContain('hallpass_proxy_decisions_total{allow="false",reason="route-unknown",via="proxy"} 21');
    expect(metrics).toMatch(/hallpass_proxy_facts_age_seconds 0\.\d+/);
    expect(metrics).toContain('hallpass_proxy_facts{kind="grants"} 1');
    expect(metrics).toContain('hallpass_proxy_feed_connected 1');
  });
});
