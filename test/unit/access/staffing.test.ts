import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { firstUnmetStage } from '../../../core/access/staffing.ts';

const stages = (...needed: number[]) => needed.map((approvals_required) => ({ approvals_required }));

describe('whether reviewers are enough', () => {
  it.each([
    ['nothing to review', [], [], null],
    ['one for one', stages(1), [['a']], null],
    ['nobody', stages(1), [[]], 0],
    ['one for two approvals', stages(2), [['a', 'a']], 0],
    ['one person for two stages', stages(1, 1), [['a'], ['a']], 1],
    ['two people for two stages, the first of them free for both', stages(1, 1), [['a', 'b'], ['a']], null],
    ['a chain that has to be moved along', stages(1, 1, 1), [['a', 'b'], ['b', 'c'], ['a']], null],
    [
      'three approvals by two people',
      stages(2, 1),
      [
        ['a', 'b'],
        ['a', 'b'],
      ],
      1,
    ],
    ['a stage that names nobody', stages(1, 1), [['a']], 1],
  ])('%s', (_, wanted, candidates, unmet) => {
    expect(firstUnmetStage(wanted, candidates)).toBe(unmet);
  });

  it('is the answer of trying every way', () => {
    const people = fc.subarray(['a', 'b', 'c', 'd']);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 2 }), people), { maxLength: 4 }), (drawn) => {
        const wanted = stages(...drawn.map(([needed]) => needed));
        const candidates = drawn.map(([, names]) => names);
        expect(firstUnmetStage(wanted, candidates) === null).toBe(
          canBeMet(drawn.flatMap(([n, names]) => Array(n).fill(names))),
        );
      }),
    );
  });
});

/** By trying everybody for each approval in turn. */
function canBeMet(approvals: readonly (readonly string[])[], taken: readonly string[] = []): boolean {
  const [names, ...rest] = approvals;
  if (names === undefined) return true;
  return names.some((name) => !taken.includes(name) && canBeMet(rest, [...taken, name]));
}
