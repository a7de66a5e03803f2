import { describe, expect, it } from '@jest/globals';
import { TokenCache } from '../../../proxy/identity/token-cache.ts';

const entry = (sub: string, untilMs = 1_000) => ({ sub, untilMs });

describe('the cache of verified tokens', () => {
  it('knows a token by its digest and no other', () => {
    const cache = new TokenCache<ReturnType<typeof entry>>(10);
    const key = TokenCache.keyOf('token');
    cache.set(key, entry('a'));
    expect(Buffer.from(key, 'latin1').toString('base64')).toBe('PEaenWxYddN6Q/NT1PiOYfz4EsZu7jRXRlpAsNpBU+A=');
    expect(cache.get(key, 0)?.sub).toBe('a');
    expect(cache.get(TokenCache.keyOf('token '), 0)).toBeNull();
  });

  it('forgets a token at its very end', () => {
    const cache = new TokenCache<ReturnType<typeof entry>>(10);
    cache.set('a', entry('a', 1_000));
    expect(cache.get('a', 999)?.sub).toBe('a');
    expect(cache.get('a', 1_000)).toBeNull();
    expect(cache.get('a', 0)).toBeNull();
    expect(cache.size).toBe(0);
  });

  it('never holds more than it may, and keeps what is used', () => {
    const cache = new TokenCache<ReturnType<typeof entry>>(10);
    cache.set('used', entry('used'));
    for (let count = 0; count < 1_000; count += 1) {
      cache.set(`other-${count}`, entry('other'));
      expect(cache.size).toBeLessThanOrEqual(10);
      expect(cache.get('used', 0)?.sub).toBe('used');
    }
  });

  it('takes a new verdict over the old one, wherever that is kept', () => {
    const cache = new TokenCache<ReturnType<typeof entry>>(4);
    cache.set('a', entry('old'));
    cache.set('b', entry('b'));
    cache.set('c', entry('c'));
    cache.set('a', entry('new'));
    expect(cache.get('a', 0)?.sub).toBe('new');
    cache.set('d', entry('d'));
    expect(cache.get('a', 0)?.sub).toBe('new');
  });

  it.each([1, 2, 3])('holds %d at the most', (most) => {
    const cache = new TokenCache<ReturnType<typeof entry>>(most);
    for (const key of ['a', 'b', 'c', 'd']) cache.set(key, entry(key));
    expect(cache.size).toBeLessThanOrEqual(most);
    expect(cache.get('d', 0)?.sub).toBe('d');
  });
});
