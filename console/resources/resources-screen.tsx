import { Group, NativeSelect } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPlugConnected } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { RESOURCE_TYPE_NAMES } from '../api/entitlement.ts';
import { resourcesQuery } from '../api/resource.ts';
import { BlankState } from '../elements/blank-state.tsx';
import { ButtonLink } from '../elements/button-link.tsx';
import { resourceTypeWord } from '../elements/entitlement-words.ts';
import { LoadMore } from '../elements/load-more.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { Page } from '../elements/page.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { SearchField } from '../elements/search-field.tsx';
import { AdminsOnly } from '../shell/admins-only.tsx';
import { ResourcesTable } from './resources-table.tsx';

const TYPES = [
  { value: '', label: 'All' },
  ...RESOURCE_TYPE_NAMES.map((value) => ({ value, label: `${resourceTypeWord(value)}s` })),
];

export function ResourcesScreen() {
  return (
    <AdminsOnly title="Resources" what="the list of resources">
      <Page
        title="Resources"
        intro="Connections, Targets and features: what people may have access to."
        actions={<ButtonLink to="/settings/resources/new">New resource</ButtonLink>}
      >
        <Resources />
      </Page>
    </AdminsOnly>
  );
}

function Resources() {
  const [query, setQuery] = useSearchParams();
  const search = query.get('search') ?? '';
  const type = RESOURCE_TYPE_NAMES.find((name) => name === query.get('type')) ?? '';
  const [settled] = useDebouncedValue(search.trim(), 250);
  const resources = useInfiniteQuery({
    ...resourcesQuery({ search: settled, type }),
    staleTime: 2_000,
    placeholderData: keepPreviousData,
  });
  const items = (resources.data?.pages ?? []).flatMap((page) => page.items);
  const set = (next: { readonly search: string; readonly type: string }) =>
    setQuery(Object.fromEntries(Object.entries(next).filter(([, value]) => value !== '')), { replace: true });
  return (
    <>
      <Group align="flex-end">
        <SearchField
          label="Search by name or id"
          w="min(100%, 20rem)"
          value={search}
          onChange={(value) => set({ search: value, type })}
        />
        <NativeSelect
          label="Type"
          w="12rem"
          data={TYPES}
          value={type}
          onChange={(event) => set({ search, type: event.currentTarget.value })}
        />
      </Group>
      {resources.isPending && <LoadingState what="resources" rows={5} />}
      {resources.isError && items.length === 0 && (
        <ProblemState error={resources.error} onRetry={() => void resources.refetch()} />
      )}
      {resources.isSuccess && items.length === 0 && (
        <BlankState icon={IconPlugConnected} title="No resource found">
          {search === '' && type === ''
            ? 'Make the first one with New resource.'
            : 'None fits what you are looking for.'}
        </BlankState>
      )}
      {items.length > 0 && <ResourcesTable resources={items} />}
      <LoadMore {...resources} />
    </>
  );
}
