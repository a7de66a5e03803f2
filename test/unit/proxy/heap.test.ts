import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const HEAP = new URL('../../../proxy/heap.ts', import.meta.url).href;

/** Holds some tens of megabytes, moves a gigabyte in pieces that are let go of at once, and counts full collections. */
const MOVE_BODIES = `
  import { constants, PerformanceObserver } from 'node:perf_hooks';
  import { setImmediate as nextTurn } from 'node:timers/promises';
  let full = 0;
  new PerformanceObserver((list) => {
    for (const { detail } of list.getEntries()) if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) full += 1;
  }).observe({ entryTypes: ['gc'] });
  if (process.argv[1] === 'prepared') (await import(process.argv[2])).prepareHeap();
  globalThis.facts = Array.from({ length: 200_000 }, (_none, index) => ({ id: 'grant-' + index, at: [index] }));
  await nextTurn();
  full = 0;
  for (let piece = 0; piece < 16_384; piece += 1) {
    globalThis.last = Buffer.allocUnsafeSlow(65_536);
    // Some of what a request costs inside of the heap.
    globalThis.young = Array.from({ length: 100 }, () => ({}));
    if (piece % 16 === 0) await nextTurn();
  }
  // An observer hears of a collection some turns later.
  for (let turn = 0; turn < 10; turn += 1) await nextTurn();
  console.log(full);
`;

async function fullCollections(how: 'prepared' | 'default'): Promise<number> {
  const args = ['--input-type=module', '--eval', MOVE_BODIES, how, HEAP];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: '' } });
  return Number(stdout);
}

it('moves bodies without collecting all of the heap again and again, as it would by default', async () => {
  const [prepared, byDefault] = [await fullCollections('prepared'), await fullCollections('default')];
  expect(byDefault).toBeGreaterThan(5);
  expect(prepared).toBeLessThan(byDefault / 3);
}, 60_000);
