import { describe, expect, it } from '@jest/globals';
import { createKeyKeeper } from '../../../console/api/key-keeper.ts';

const keeperOf = () => {
  let made = 0;
  return createKeyKeeper(() => `key-${(made += 1)}`);
};

describe('the key of a write', () => {
  it('stays while the same is tried again', () => {
    const keeper = keeperOf();
    expect([keeper.keyFor('a'), keeper.keyFor('a')]).toEqual(['key-1', 'key-1']);
  });

  it('changes with what is sent', () => {
    const keeper = keeperOf();
    expect([keeper.keyFor('a'), keeper.keyFor('b'), keeper.keyFor('a')]).toEqual(['key-1', 'key-2', 'key-3']);
  });

  it('is not used again after it succeeded, or the second disabling of an account would only repeat the first', () => {
    const keeper = keeperOf();
    const first = keeper.keyFor('disable');
    keeper.done(first);
    expect(keeper.keyFor('disable')).toBe('key-2');
  });

  it('outlives the late end of an earlier one', () => {
    const keeper = keeperOf();
    const early = keeper.keyFor('a');
    const late = keeper.keyFor('b');
    keeper.done(early);
    expect(keeper.keyFor('b')).toBe(late);
  });

  it('is random', () => {
    expect(createKeyKeeper().keyFor('a')).toMatch(/^[0-9a-f]{32}$/);
    expect(createKeyKeeper().keyFor('a')).not.toBe(createKeyKeeper().keyFor('a'));
  });
});
