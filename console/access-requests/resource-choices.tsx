import { Stack } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { resourcesQuery } from '../api/resource.ts';
import { BlankState } from '../elements/blank-state.tsx';
import { LoadMore } from '../elements/load-more.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { SearchField } from '../elements/search-field.tsx';
import { ChoiceList, type PathOfChoice } from './choice-list.tsx';

/** The resources this person may know of. */
export function ResourceChoices({ pathOf }: { readonly pathOf: PathOfChoice }) {
  const [search, setSearch] = useState('');
  const [settled] = useDebouncedValue(search.trim(), 250);
  const resources = useInfiniteQuery({ ...resourcesQuery({ search: settled }), placeholderData: keepPreviousData });
  const items = (resources.data?.pages ?? []).flatMap((page) => page.items);
  return (
    <Stack>
      <SearchField label="Search resources" value={search} onChange={setSearch} />
      {resources.isPending && <LoadingState what="resources" />}
      {resources.isError && <ProblemState error={resources.error} onRetry={() => void resources.refetch()} />}
      {resources.isSuccess && items.length === 0 && (
        <BlankState icon={IconSearch} title="No resource found">
          {settled === '' ? 'There is none that you may know of.' : `None that you may know of matches “${settled}”.`}
        </BlankState>
      )}
      <ChoiceList
        pathOf={pathOf}
        choices={items.map((resource) => ({
          asked: { resource: { type: resource.type, id: resource.id } },
          named: { kind: 'resource', resource, scope: null, role: null },
          description: resource.description ?? '',
        }))}
      />
      <LoadMore {...resources} />
    </Stack>
  );
}
