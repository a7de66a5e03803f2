import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { firstAfter } from '../../core/authzen/first-after.ts';
import { PageTokens } from '../../core/authzen/page-token.ts';

describe('the tokens of pages', () => {
  it('open for the search and the secret they were made with, and no other', () => {
    const [ours, theirs] = [new PageTokens('a'), new PageTokens('b')];
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), bytes, (after, search, other, noise) => {
        const position = { after, limit: null };
        const token = ours.seal(position, search);
        expect(ours.open(token, search)).toEqual(position);
        expect(theirs.open(token, search)).toBeNull();
        if (other !== search) expect(ours.open(token, other)).toBeNull();
        const broken = Buffer.from(token, 'base64url');
        broken[noise[0]! % broken.length]! ^= 1;
        expect(ours.open(broken.toString('base64url'), search)).toBeNull();
        expect(ours.open(Buffer.from(noise).toString('base64url'), search)).toBeNull();
      }),
    );
  });
});

describe('firstAfter', () => {
  it('is the beginning of what a whole sort gives', async () => {
    const names = fc.array(fc.string({ maxLength: 3 }), { maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(
        names,
        fc.string({ maxLength: 2 }),
        fc.integer({ min: 1, max: 20 }),
        async (all, after, count) => {
          const sorted = [...new Set(all)].filter((name) => name > after).toSorted((a, b) => (a < b ? -1 : 1));
          expect(await firstAfter(all, after, count, () => null)).toEqual(sorted.slice(0, count));
        },
      ),
    );
  });
});
