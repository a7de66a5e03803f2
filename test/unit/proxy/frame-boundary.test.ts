import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { closeFrame, FrameBoundary } from '../../../proxy/forward/frame-boundary.ts';

function frame(length: number, masked: boolean): Buffer {
  const mask = masked ? 0x80 : 0;
  let head: Buffer;
  if (length < 126) head = Buffer.from([0x82, mask | length]);
  else if (length < 65_536) head = Buffer.from([0x82, mask | 126, length >> 8, length & 0xff]);
  else {
    head = Buffer.alloc(10);
    head.set([0x82, mask | 127]);
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, Buffer.alloc(masked ? 4 : 0, 7), Buffer.alloc(length, 0x81)]);
}

describe('the boundary of frames', () => {
  it('is known wherever the bytes are cut', () => {
    const anyFrame = fc.tuple(fc.constantFrom(0, 1, 125, 126, 127, 65_535, 65_536), fc.boolean());
    fc.assert(
      fc.property(
        fc.array(anyFrame, { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(200_000), { maxLength: 8 }),
        (kinds, cuts) => {
          const frames = kinds.map(([length, masked]) => frame(length, masked));
          const bytes = Buffer.concat(frames);
          const ends = new Set<number>([0]);
          let end = 0;
          for (const one of frames) ends.add((end += one.byteLength));
          const boundary = new FrameBoundary();
          let at = 0;
          for (const cut of [
            ...cuts.map((value) => value % bytes.byteLength).toSorted((a, b) => a - b),
            bytes.byteLength,
          ]) {
            boundary.push(bytes.subarray(at, cut));
            at = cut;
            expect(boundary.isAtBoundary).toBe(ends.has(at));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('lets a close frame fit in one control frame', () => {
    const bytes = closeFrame(1008, 'x'.repeat(500));
    expect(bytes.byteLength).toBe(127);
    expect([bytes[0], bytes[1], bytes.readUInt16BE(2)]).toEqual([0x88, 125, 1008]);
  });
});
