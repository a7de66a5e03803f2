import { useState } from 'react';
import { steadyPage, type RowsOfPage, type SteadyPage } from './steady-rows.ts';

interface KeptPage<One extends { readonly id: string }> extends SteadyPage<One> {
  /** Shows what was read last. */
  readonly showLatest: () => void;
  /** Shows what is read next. */
  readonly follow: () => void;
}

/**
 * Keeps the rows of a list under the finger while it is read again and again.
 * @param key changes with whatever is looked at: another filter, another page
 */
export function useSteadyPage<One extends { readonly id: string }>(
  key: string,
  latest: RowsOfPage<One> | undefined,
): KeptPage<One> | null {
  const [kept, setKept] = useState<{ readonly key: string; readonly page: RowsOfPage<One> } | null>(null);
  const isOther = kept === null || kept.key !== key || kept.page.items.length === 0;
  if (latest !== undefined && isOther && kept?.page !== latest) setKept({ key, page: latest });
  if (latest === undefined) return null;
  const shown = isOther ? latest : kept.page;
  return {
    ...steadyPage(shown, latest),
    showLatest: () => setKept({ key, page: latest }),
    follow: () => setKept(null),
  };
}
