import { describe, expect, it } from '@jest/globals';
import { HeaderList } from '../../../proxy/identity/header-list.ts';

function listOf(...flat: string[]): HeaderList {
  const list = new HeaderList();
  for (let index = 0; index < flat.length; index += 2) list.add(flat[index]!, flat[index + 1]!);
  return list;
}

describe('a list of headers', () => {
  it('keeps order and repetitions', () => {
    expect(listOf('b', '1', 'a', '2', 'b', '3').flat).toEqual(['b', '1', 'a', '2', 'b', '3']);
  });

  it('gives all values of a name', () => {
    const list = listOf('a', '1', 'b', 'a', 'a', '3');
    expect([list.all('a'), list.all('b'), list.all('c')]).toEqual([['1', '3'], ['a'], []]);
  });

  it('takes no value for a name', () => {
    const list = listOf('a', 'b', 'b', 'c');
    expect([list.get('a'), list.get('b'), list.get('c')]).toEqual(['b', 'c', undefined]);
    list.delete('b');
    expect(list.flat).toEqual(['a', 'b']);
    expect([list.has('a'), list.has('b')]).toEqual([true, false]);
  });

  it('has one of a name that was set, and none of one that was deleted, however often it was there', () => {
    const list = listOf('a', '1', 'a', '2', 'x', '3', 'a', '4');
    list.set('a', '5');
    expect(list.flat).toEqual(['x', '3', 'a', '5']);
    list.delete('a');
    list.delete('none');
    expect(list.flat).toEqual(['x', '3']);
  });

  it('is an object of its names without a prototype', () => {
    const fields = listOf('a', '1', '__proto__', '2', 'a', '3', 'a', '4').toObject();
    expect(Object.entries(fields)).toEqual([
      ['a', ['1', '3', '4']],
      ['__proto__', '2'],
    ]);
    expect(Object.getPrototypeOf(fields)).toBeNull();
  });
});
