import { useInfiniteQuery } from '@tanstack/react-query';
import { allResourcesQuery } from '../api/resource.ts';
import { useAllPages } from '../api/use-all-pages.ts';

/** Ids that are in use, to be offered while one types. */
export function useKnownPlaces() {
  const resources = useInfiniteQuery(allResourcesQuery());
  useAllPages(true, resources);
  const all = (resources.data?.pages ?? []).flatMap((page) => page.items);
  const environments = all.map(({ environment }) => environment).filter((id) => id !== null && id !== undefined);
  return {
    environments: [...new Set(environments)].toSorted(),
    connections: all.filter(({ type }) => type === 'connection').map(({ id }) => id),
    targets: all.filter(({ type }) => type === 'target').map(({ id }) => id),
  };
}
