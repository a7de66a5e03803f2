import { describe, expect, it } from '@jest/globals';
import { startSidecar } from '../proxy/support/sidecar.ts';

interface Named {
  readonly name: string;
  readonly help: string;
  readonly type: string;
}

/**
 * What a metric's name breaks of the conventions of Prometheus (prometheus.io, "Metric and label naming", and the linter
 * of its client library, promlint).
 */
function faultsOf({ name, help, type }: Named): string[] {
  const faults: string[] = [];
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name)) faults.push('is not in snake case');
  if (help.trim() === '') faults.push('says nothing of itself');
  if ((type === 'counter') !== name.endsWith('_total')) faults.push('ends with _total if it counts, and only then');
  if (/_(counter|gauge|histogram|summary)(_|$)/.test(name)) faults.push('names its type');
  if (/_(bucket|count|sum|info_total)$/.test(name)) faults.push('ends like a part of a histogram');
  if (/_(ms|us|ns|millis(econds)?|micros(econds)?|minutes|hours|kb|mb|kilobytes|megabytes|percent)(_|$)/.test(name)) {
    faults.push('is in no base unit');
  }
  if (type === 'histogram' && !/_(seconds|bytes)$/.test(name)) faults.push('has no unit');
  return faults;
}

function read(exposition: string): Named[] {
  const helps = new Map([...exposition.matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, name, help]) => [name, help]));
  return [...exposition.matchAll(/^# TYPE (hallpass_\S+) (\S+)$/gm)].map(([, name = '', type = '']) => ({
    name,
    type,
    help: helps.get(name) ?? '',
  }));
}

describe('the names of metrics', () => {
  it('of the sidecar follow the conventions of Prometheus', async () => {
    const sidecar = await startSidecar();
    const metrics = read(await sidecar.metrics());
    await sidecar.stop();
    expect(metrics.length).toBeGreaterThan(15);
    expect(metrics.flatMap((metric) => faultsOf(metric).map((fault) => `${metric.name} ${fault}`))).toEqual([]);
  });

  it('would be told if they did not', () => {
    const named = (name: string, type: string): Named => ({ name, help: 'h', type });
    expect(faultsOf(named('hallpass_proxy_cuts', 'counter'))).toHaveLength(1);
    expect(faultsOf(named('hallpass_proxy_open_total', 'gauge'))).toHaveLength(1);
    expect(faultsOf(named('hallpass_proxy_delay_ms', 'histogram'))).toHaveLength(2);
    expect(faultsOf(named('hallpassProxy_x', 'gauge'))).toHaveLength(1);
    expect(faultsOf(named('hallpass_proxy_request_count', 'gauge'))).toHaveLength(1);
  });
});
