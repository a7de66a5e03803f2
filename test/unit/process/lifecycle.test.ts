import { describe, expect, it } from '@jest/globals';
import { Lifecycle } from '../../../core/process/lifecycle.ts';
import type { Logger } from '../../../core/process/logger.ts';

interface Complaint {
  readonly part: string;
  readonly err: Error;
}

function start(stopTimeoutMs?: number): { lifecycle: Lifecycle; complaints: Complaint[]; stopped: string[] } {
  const complaints: Complaint[] = [];
  const logger = { error: (complaint: Complaint) => void complaints.push(complaint) } as unknown as Logger;
  return { lifecycle: new Lifecycle(logger, stopTimeoutMs), complaints, stopped: [] };
}

describe('parts of a process', () => {
  it('are stopped in reverse, one after the other', async () => {
    const { lifecycle, complaints, stopped } = start();
    for (const name of ['database', 'server', 'probe']) {
      lifecycle.onStop(name, async () => {
        stopped.push(`${name} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        stopped.push(`${name} ends`);
      });
    }
    await lifecycle.stop();
    expect(stopped).toEqual([
      'probe begins',
      'probe ends',
      'server begins',
      'server ends',
      'database begins',
      'database ends',
    ]);
    expect(complaints).toEqual([]);
  });

  it('are stopped once, however often that is asked', async () => {
    const { lifecycle, stopped } = start();
    lifecycle.onStop('server', () => void stopped.push('server'));
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    await lifecycle.stop();
    expect(stopped).toEqual(['server']);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
  ])('are all stopped although one %s, and it is named', async (_, stop) => {
    const { lifecycle, complaints, stopped } = start();
    lifecycle.onStop('first', () => void stopped.push('first'));
    lifecycle.onStop('broken', stop);
    lifecycle.onStop('last', () => void stopped.push('last'));
    await lifecycle.stop();
    expect(stopped).toEqual(['last', 'first']);
    expect(complaints).toEqual([{ part: 'broken', err: expect.objectContaining({ message: 'no' }) }]);
  });

  it('are all stopped although one never ends, and it is named', async () => {
    const { lifecycle, complaints, stopped } = start(20);
    lifecycle.onStop('first', () => void stopped.push('first'));
    lifecycle.onStop('hanging', () => new Promise(() => {}));
    await lifecycle.stop();
    expect(stopped).toEqual(['first']);
    expect(complaints).toEqual([
      { part: 'hanging', err: expect.objectContaining({ message: 'hanging did not stop in 20 ms' }) },
    ]);
  });

  it('may be none', async () => {
    await expect(start().lifecycle.stop()).resolves.toBeUndefined();
  });
});
