/** How many names are looked at between two looks at the time. */
const STRIDE = 512;

/**
 * The `count` first names behind `after`, in order (by UTF-16 unit). One pass, so it needs no index and no memory that
 * grows with the people there are.
 * @param rest called now and then; what it returns is waited for
 */
export async function firstAfter(
  names: Iterable<string>,
  after: string,
  count: number,
  rest: () => Promise<void> | null,
): Promise<string[]> {
  let kept: string[] = [];
  let ceiling = null as string | null;
  let seen = 0;
  const trim = (): void => {
    kept = [...new Set(kept)].toSorted(compare).slice(0, count);
    if (kept.length === count) ceiling = kept.at(-1) as string;
  };
  for (const name of names) {
    seen += 1;
    if (seen % STRIDE === 0) await rest();
    if (name <= after || (ceiling !== null && name >= ceiling)) continue;
    kept.push(name);
    if (kept.length >= count * 2) trim();
  }
  trim();
  return kept;
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
