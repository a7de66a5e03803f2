import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { peopleQuery } from '../api/people.ts';
import { BlankState } from '../elements/blank-state.tsx';
import { ButtonLink } from '../elements/button-link.tsx';
import { LoadMore } from '../elements/load-more.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { Page } from '../elements/page.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { SearchField } from '../elements/search-field.tsx';
import { AdminsOnly } from '../shell/admins-only.tsx';
import { PeopleTable } from './people-table.tsx';

export function PeopleScreen() {
  return (
    <AdminsOnly title="People" what="the list of people">
      <Page
        title="People"
        intro="Who is known here, what they hold, and whether they may sign in."
        actions={<ButtonLink to="/settings/people/new">Add a person</ButtonLink>}
      >
        <People />
      </Page>
    </AdminsOnly>
  );
}

function People() {
  const [query, setQuery] = useSearchParams();
  const search = query.get('search') ?? '';
  const [settled] = useDebouncedValue(search.trim(), 250);
  const people = useInfiniteQuery({ ...peopleQuery(settled), placeholderData: keepPreviousData });
  const items = (people.data?.pages ?? []).flatMap((page) => page.items);
  return (
    <>
      <SearchField
        label="Search by name or address"
        w="min(100%, 24rem)"
        value={search}
        onChange={(value) => setQuery(value === '' ? {} : { search: value }, { replace: true })}
      />
      {people.isPending && <LoadingState what="people" rows={5} />}
      {people.isError && items.length === 0 && (
        <ProblemState error={people.error} onRetry={() => void people.refetch()} />
      )}
      {people.isSuccess && items.length === 0 && (
        <BlankState icon={IconSearch} title="Nobody found">
          No name and no address holds “{settled}”.
        </BlankState>
      )}
      {items.length > 0 && <PeopleTable people={items} />}
      <LoadMore {...people} />
    </>
  );
}
