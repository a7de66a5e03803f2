import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FeedDecoder, FeedMessageError, MAX_FEED_LINE_CHARS } from '../../../core/feed/feed-decoder.ts';
import { FeedEncoder } from '../../../core/feed/feed-encoder.ts';
import type { FeedMessage } from '../../../core/feed/feed-message.ts';
import { grant, person, resource, scope } from '../../proxy/support/facts.ts';
import { anyFact } from './any-fact.ts';

const change = (facts: readonly unknown[], revision = 1): FeedMessage =>
  ({ type: 'change', revision, after: `m${revision - 1}`, mark: `m${revision}`, facts }) as FeedMessage;
/** Digits that could be others, and more than ASCII. */
const FACTS = [
  grant('grt_1', 'a', 'role:admin', { expiresAt: 1_900_000_000_000 }),
  {
    kind: 'scope',
    id: 's',
    value: { id: 's', name: 'Ümlaut ✓', description: '', rules: [{ level: 'environment', id: 'x' }] },
  },
];
const encode = (message: FeedMessage) => new FeedEncoder().encode(message);
const decode = (line: string) => new FeedDecoder().decode(line);

describe('a feed message', () => {
  it('survives being written and read, one after the other', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyFact, { maxLength: 4 }), { minLength: 1, maxLength: 5 }), (all) => {
        const [encoder, decoder] = [new FeedEncoder(), new FeedDecoder()];
        for (const facts of all) {
          const line = encoder.encode(change(facts));
          expect(line.indexOf('\n')).toBe(line.length - 1);
          expect(JSON.parse(line)).toMatchObject(change(facts));
          expect(decoder.decode(line.trimEnd())).toEqual(change(facts));
        }
      }),
    );
  });

  it('is refused with its own kind of error, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        expect(() => decode(line)).toThrow(FeedMessageError);
      }),
    );
  });

  it('is refused when any one bit of it is another, and when it ends anywhere before its end', () => {
    const bytes = Buffer.from(encode(change(FACTS)).trimEnd());
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const damaged = Buffer.from(bytes);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => decode(damaged.toString())).toThrow(FeedMessageError);
    }
    for (let end = 0; end < bytes.length; end += 1) {
      expect(() => decode(bytes.subarray(0, end).toString())).toThrow(FeedMessageError);
    }
    expect(decode(bytes.toString())).toMatchObject({ type: 'change' });
  });

  it('is refused when it does not follow the one before it: lost, repeated or in another order', () => {
    const encoder = new FeedEncoder();
    const lines = [1, 2, 3].map((revision) => encoder.encode(change([], revision)).trimEnd());
    for (const order of [[1], [2], [0, 0], [0, 2], [0, 1, 1], [1, 0], [0, 2, 1]]) {
      const decoder = new FeedDecoder();
      expect(() => order.forEach((place) => decoder.decode(lines[place]!))).toThrow(/does not follow/);
    }
  });

  it.each([
    ['a subject', { ...person('a'), id: 'per_b' }],
    ['a resource', { ...resource('connection:x'), id: 'connection:y' }],
    ['a Scope', { ...scope('s', [{ level: 'environment', id: 'x' }]), id: 't' }],
    ['a grant', { ...grant('grt_1', 'a', 'role:admin'), id: 'grt_2' }],
  ])('is refused when %s comes under the id of another', (_name, fact) => {
    expect(() => decode(encode(change([fact])).trimEnd())).toThrow(/facts\.0\.id/);
  });

  it.each<[string, object]>([
    ['another type', { type: 'grant-everything' }],
    [
      'another protocol',
      { type: 'hello', protocol: 1, epoch: 'e', mode: 'tail', revision: 1, server_time: 1, heartbeat_interval_ms: 10 },
    ],
    ['a member more', { type: 'snapshot-end', epoch: 'e', revision: 1, facts: 1, admin: true }],
    ['a member less', { type: 'snapshot-end', epoch: 'e', revision: 1 }],
    ['a number that is none', { type: 'snapshot-end', epoch: 'e', revision: '1', facts: 1 }],
    ['a fraction of a revision', { type: 'snapshot-end', epoch: 'e', revision: 1.5, facts: 1 }],
  ])('is refused with %s', (_name, message) => {
    expect(() => decode(encode(message as FeedMessage).trimEnd())).toThrow(/invalid at/);
  });

  it('is refused when it is too long', () => {
    expect(() => decode(' '.repeat(MAX_FEED_LINE_CHARS + 1))).toThrow(FeedMessageError);
  });
});
