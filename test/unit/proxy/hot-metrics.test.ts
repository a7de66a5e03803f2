import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Counter, Histogram, Registry } from 'prom-client';
import { expose } from '../../../core/process/metrics.ts';
import { HotCounter, HotHistogram } from '../../../proxy/hot-metrics.ts';

const BOUNDS = [0.1, 0.5, 1];

describe('metrics that are counted in without a look-up', () => {
  it.each([undefined, 'application/openmetrics-text'])('read like those of prom-client: %s', async (accept) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(0, 0.1, 0.10001, 0.5, 0.7, 1, 2)), async (values) => {
        const theirs = new Registry();
        const ours = new Registry();
        const counter = new Counter({ name: 'x_total', help: 'X.', labelNames: ['a'], registers: [theirs] });
        const histogram = new Histogram({
          name: 'y',
          help: 'Y.',
          labelNames: ['a'],
          buckets: BOUNDS,
          registers: [theirs],
        });
        const hotCounter = new HotCounter(ours, 'x_total', 'X.');
        const hotHistogram = new HotHistogram(ours, 'y', 'Y.', BOUNDS);
        for (const a of ['one', 'two']) {
          const count = hotCounter.series({ a });
          const times = hotHistogram.series({ a });
          counter.inc({ a }, 0);
          histogram.zero({ a });
          for (const value of values) {
            counter.inc({ a });
            histogram.observe({ a }, value);
            count.value += 1;
            times.observe(value);
          }
        }
        expect(sorted((await expose(ours, accept)).text)).toEqual(sorted((await expose(theirs, accept)).text));
      }),
      { numRuns: 50 },
    );
  });
});

/** The order of labels means nothing. */
function sorted(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/\{(.*)\}/, (_, labels: string) => `{${labels.split(',').toSorted().join()}}`));
}
