import { Button, NativeSelect } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch, IconSend } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { accessRequestsQuery } from '../api/access-request.ts';
import { useFallbackPoll } from '../api/live-state.ts';
import { BlankState } from '../elements/blank-state.tsx';
import { ButtonLink } from '../elements/button-link.tsx';
import { LoadMore } from '../elements/load-more.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { Page } from '../elements/page.tsx';
import { Section } from '../elements/section.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { SearchField } from '../elements/search-field.tsx';
import { WaitingForReview } from '../review/waiting-for-review.tsx';
import { useMe } from '../shell/me-context.ts';
import classes from './access-requests-screen.module.css';
import {
  ownRequestsFilter,
  ownRequestsParameters,
  readOwnRequestsView,
  type OwnRequestsView,
} from './own-requests-filter.ts';
import { OwnRequestsTable } from './own-requests-table.tsx';
import { REQUEST_KIND_CHOICES, REQUEST_STATUS_CHOICES } from './request-status-choices.ts';

/** One's own requests, newest first. */
export function AccessRequestsScreen() {
  const me = useMe();
  return (
    <Page
      title="Access Requests"
      intro="What you have asked for, and what became of it."
      actions={<ButtonLink to="/access-requests/new">New Request</ButtonLink>}
    >
      {me.can.review && <WaitingForReview />}
      <Section title="Your requests">
        <OwnRequests />
      </Section>
    </Page>
  );
}

function OwnRequests() {
  const [query, setQuery] = useSearchParams();
  const view = readOwnRequestsView(query);
  const [settled] = useDebouncedValue(view, 250);
  const requests = useInfiniteQuery({
    ...accessRequestsQuery(ownRequestsFilter(settled)),
    refetchInterval: useFallbackPoll(15_000),
    placeholderData: keepPreviousData,
  });
  const items = (requests.data?.pages ?? []).flatMap((page) => page.items);
  const change = (next: OwnRequestsView) => setQuery(ownRequestsParameters(next), { replace: true });
  const isFiltered = Object.keys(ownRequestsParameters(view)).length > 0;
  return (
    <>
      <Filters view={view} onChange={change} />
      {requests.isPending && <LoadingState what="your requests" />}
      {requests.isError && <ProblemState error={requests.error} onRetry={() => void requests.refetch()} />}
      {requests.isSuccess && items.length === 0 && (
        <Nothing isFiltered={isFiltered} onClear={() => change({ status: '', kind: '', q: '' })} />
      )}
      {items.length > 0 && <OwnRequestsTable requests={items} />}
      <LoadMore {...requests} />
    </>
  );
}

interface FiltersProps {
  readonly view: OwnRequestsView;
  readonly onChange: (view: OwnRequestsView) => void;
}

function Filters({ view, onChange }: FiltersProps) {
  return (
    <div className={classes.filters}>
      <SearchField label="Search reasons, names and ids" value={view.q} onChange={(q) => onChange({ ...view, q })} />
      <NativeSelect
        label="Status"
        data={[...REQUEST_STATUS_CHOICES]}
        value={view.status}
        onChange={(event) => onChange({ ...view, status: event.currentTarget.value })}
      />
      <NativeSelect
        label="Kind"
        data={[...REQUEST_KIND_CHOICES]}
        value={view.kind}
        onChange={(event) => onChange({ ...view, kind: event.currentTarget.value })}
      />
    </div>
  );
}

function Nothing({ isFiltered, onClear }: { readonly isFiltered: boolean; readonly onClear: () => void }) {
  if (isFiltered) {
    return (
      <BlankState
        icon={IconSearch}
        title="None of your requests is like that"
        action={
          <Button variant="default" onClick={onClear}>
            Show all of them
          </Button>
        }
      />
    );
  }
  return (
    <BlankState
      icon={IconSend}
      title="You have not asked for anything yet"
      action={<ButtonLink to="/access-requests/new">New Request</ButtonLink>}
    >
      When something is refused, its page has a Request Access button. You can also ask beforehand.
    </BlankState>
  );
}
