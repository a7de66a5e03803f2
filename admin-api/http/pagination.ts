import { z } from 'zod';
import { HttpProblem } from './problem.ts';

export const MAX_PAGE_SIZE = 200;

export const pageQuery = {
  cursor: z.string().max(500).optional().describe('next_cursor of the page before'),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(50),
};

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}

/** Opaque to callers: the sort key of the last item, as JSON in base64url. */
export function encodeCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** @throws HttpProblem `invalid-request` for a cursor that no page gave */
export function decodeCursor<Key extends z.ZodType>(cursor: string | undefined, key: Key): z.output<Key> | null {
  if (cursor === undefined) return null;
  try {
    return key.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw new HttpProblem('invalid-request', 'must be the next_cursor of an earlier page', { field: 'cursor' });
  }
}

/** Sort key of lists ordered by time, newest first; the id settles ties. */
export const timeCursor = z.tuple([z.iso.datetime(), z.string().max(128)]);

/** Cuts a result that was read one row further than the page, to know whether there is more. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  present: (row: Row) => Item,
  keyOf: (row: Row) => readonly (string | number)[],
): Page<Item> {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(present),
    next_cursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null,
  };
}
