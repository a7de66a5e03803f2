interface Row {
  readonly id: string;
}

export interface RowsOfPage<One extends Row> {
  readonly items: readonly One[];
  readonly next_cursor: string | null;
}

export interface SteadyRow<One extends Row> {
  /** As it was last heard of. */
  readonly row: One;
  /** It does not belong here any more: somebody decided it, say. */
  readonly gone: boolean;
}

export interface SteadyPage<One extends Row> {
  readonly rows: readonly SteadyRow<One>[];
  /** How many have come that are not shown yet. */
  readonly fresh: number;
}

/**
 * A page that is being read, with what is known about it now: rows keep their places, what has changed changes in
 * place, and new ones are only counted. Both pages are in the same order, so a row that is missing before one that is
 * still there has gone; behind the last one it may just have been pushed onto the next page.
 */
export function steadyPage<One extends Row>(shown: RowsOfPage<One>, latest: RowsOfPage<One>): SteadyPage<One> {
  const now = new Map(latest.items.map((row) => [row.id, row]));
  const known = new Set(shown.items.map(({ id }) => id));
  const lastStanding = shown.items.findLastIndex(({ id }) => now.has(id));
  const lastKnown = latest.items.findLastIndex(({ id }) => known.has(id));
  const rows = shown.items.map((row, place) => ({
    row: now.get(row.id) ?? row,
    gone: !now.has(row.id) && (place < lastStanding || latest.next_cursor === null),
  }));
  // Behind the last known one come rows of the next page that have moved up, unless there was no next page.
  const fresh = latest.items.filter(
    ({ id }, place) => !known.has(id) && (place < lastKnown || lastKnown === -1 || shown.next_cursor === null),
  ).length;
  return { rows, fresh };
}
