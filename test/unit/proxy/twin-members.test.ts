import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hasTwinMembers } from '../../../proxy/identity/twin-members.ts';

describe('a JSON text', () => {
  it.each([
    '{"sub":"a","sub":"b"}',
    '{"sub":"a","s\\u0075b":"b"}',
    '{ "a" : {"x":1} , "b":[{"y":1,"z":{"q":1, "q":1}}] }',
    '[{"a":1},{"a":1,"a":1}]',
    '{"a":"\\"","a":1}',
  ])('that says a member twice is found: %s', (text) => {
    expect(hasTwinMembers(text)).toBe(true);
  });

  it.each([
    '{"a":"a","b":"a"}',
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":1}]',
    '{"a":["a","a","b"],"b":",\\"a\\":"}',
    '{"a":"{\\"a\\":1,\\"a\\":2}"}',
    '"a"',
    '',
  ])('that does not is let be: %s', (text) => {
    expect(hasTwinMembers(text)).toBe(false);
  });

  it('made by JSON.stringify has none; with a member put in once more it has', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.string(), (value, name) => {
        expect(hasTwinMembers(JSON.stringify(value))).toBe(false);
        const key = JSON.stringify(name);
        expect(hasTwinMembers(`{${key}:${JSON.stringify(value)},${key}:1}`)).toBe(true);
      }),
    );
  });

  it('is read to its end whatever it says', () => {
    fc.assert(fc.property(fc.json(), (text) => void hasTwinMembers(text)));
  });
});
