import { describe, expect, it } from '@jest/globals';
import { readTarget } from '../../../proxy/gate/normal-path.ts';
import { readPathTable } from '../../support/path-table.ts';

const ROWS = readPathTable();

describe('docs/paths.md', () => {
  it('is read whole', () => {
    expect(ROWS.filter(({ becomes }) => becomes !== null).length).toBeGreaterThan(20);
    expect(ROWS.filter(({ becomes }) => becomes === null).length).toBeGreaterThan(70);
    expect(new Set(ROWS.map(({ sent }) => sent)).size).toBe(ROWS.length);
    expect(ROWS.filter(({ sent, becomes }) => sent === '' || becomes === '')).toEqual([]);
  });

  it.each(ROWS)('says what becomes of $sent', ({ sent, becomes }) => {
    const { path, query } = readTarget(sent);
    expect(path === null ? null : path + query).toBe(becomes);
  });
});
