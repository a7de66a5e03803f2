import { describe, expect, it } from '@jest/globals';
import type { DecisionEvent } from '../../../proxy/decision-log/decision-event.ts';
import { maskEvent, readMaskRules, type MaskRule } from '../../../proxy/decision-log/mask-event.ts';

const INPUT = { subject: { id: 'p', tags: ['a', 'b', 'c'], 'x/y': { '~': 1 } }, none: null };

function masked(rules: readonly MaskRule[], parts: object = { input: INPUT, result: { allow: true } }) {
  const event = parts as DecisionEvent;
  const before = JSON.stringify(event);
  const after = JSON.parse(JSON.stringify(maskEvent(event, rules))) as Record<string, unknown>;
  // What is logged shares its members with the decision and the facts.
  expect(JSON.stringify(event)).toBe(before);
  return after;
}

describe('masking an event', () => {
  it('removes members, items and whole parts, and says so', () => {
    expect(masked(['/input/subject/id'])).toMatchObject({ erased: ['/input/subject/id'] });
    expect(masked(['/input/subject/id'])['input']).toEqual({ ...INPUT, subject: { ...INPUT.subject, id: undefined } });
    expect(masked(['/input/subject/tags/1', '/input/subject/tags/1'])).toMatchObject({
      input: { subject: { tags: ['a'] } },
      erased: ['/input/subject/tags/1', '/input/subject/tags/1'],
    });
    expect(masked(['/input', '/result'])).toEqual({ erased: ['/input', '/result'] });
    expect(masked([{ op: 'remove', path: '/input/subject/x~1y/~0' }])).toMatchObject({
      input: { subject: { 'x/y': {} } },
      erased: ['/input/subject/x~1y/~0'],
    });
  });

  it('passes over what is not there, and says nothing of it', () => {
    const rules = [
      '/input/no',
      '/input/no/no',
      '/input/none/x',
      '/input/subject/id/x',
      '/input/subject/tags/9',
      '/input/subject/tags/x',
    ];
    expect(masked([...rules, '/nd_builtin_cache'])).toEqual({ input: INPUT, result: { allow: true } });
    expect(masked(['/input/subject/id', '/input/subject/id'])['erased']).toEqual(['/input/subject/id']);
    expect(masked(['/input/toString', '/input/__proto__/x'])).not.toHaveProperty('erased');
  });

  it('puts values in place, and makes the way there', () => {
    const rule = (path: string, value: unknown): MaskRule => ({ op: 'upsert', path, value: value as never });
    expect(masked([rule('/input/subject/id', '***'), rule('/input/subject/tags/0', null)])).toMatchObject({
      input: { subject: { id: '***', tags: [null, 'b', 'c'] } },
      masked: ['/input/subject/id', '/input/subject/tags/0'],
    });
    expect(masked([rule('/input/new/way', 1)])).toMatchObject({ input: { new: { way: 1 } } });
    expect(masked([rule('/input', 'gone')])).toMatchObject({ input: 'gone' });
    expect(masked([rule('/input/subject/tags/7', 1), rule('/input/subject/id/x', 1)])).not.toHaveProperty('masked');
    expect(masked([rule('/input/subject/id', 1)], { result: {} })).not.toHaveProperty('input');
    expect(masked([rule('/input/__proto__/polluted', 1)])).toMatchObject({ masked: ['/input/__proto__/polluted'] });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('mask rules of a policy', () => {
  it('are put in one order, whatever order a set has', () => {
    const rules = [{ op: 'upsert', path: '/input/b', value: 1 }, '/input/c', '/input/a'];
    expect(readMaskRules(rules)).toEqual(['/input/a', '/input/c', rules[0]]);
    expect(readMaskRules(undefined)).toEqual([]);
  });

  it.each([
    null,
    'x',
    {},
    ['/labels'],
    ['/inputs/x'],
    ['input'],
    [{ op: 'upsert', path: '/input/x' }],
    [{ op: 'no', path: '/input/x' }],
    [1],
  ])('are refused when they are %j', (answer) => expect(() => readMaskRules(answer)).toThrow(/no list of mask rules/));
});
