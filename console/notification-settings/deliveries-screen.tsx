import { Button, Group, NativeSelect } from '@mantine/core';
import { IconMailCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { deliveriesQuery } from '../api/delivery.ts';
import { BlankState } from '../elements/blank-state.tsx';
import { LoadMore } from '../elements/load-more.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { Page } from '../elements/page.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { AdminsOnly } from '../shell/admins-only.tsx';
import { DeliveriesTable } from './deliveries-table.tsx';
import { DELIVERY_CHANNELS, DELIVERY_STATES } from './delivery-words.ts';

const STATES = [
  { value: '', label: 'All' },
  ...Object.entries(DELIVERY_STATES).map(([value, { words }]) => ({ value, label: words })),
];
const CHANNELS = [
  { value: '', label: 'All' },
  ...Object.entries(DELIVERY_CHANNELS).map(([value, label]) => ({ value, label })),
];

/** What was sent to whom, what waits, and what nobody could deliver. */
export function DeliveriesScreen() {
  return (
    <AdminsOnly title="Deliveries" what="the deliveries">
      <Page
        title="Deliveries"
        intro="Every email, Slack message and webhook call. Dead ones were tried until no more attempts were left; send them again once the cause is gone."
      >
        <Deliveries />
      </Page>
    </AdminsOnly>
  );
}

function Deliveries() {
  const [query, setQuery] = useSearchParams();
  const state = STATES.find(({ value }) => value === query.get('state'))?.value ?? '';
  const channel = CHANNELS.find(({ value }) => value === query.get('channel'))?.value ?? '';
  const webhook = query.get('webhook') ?? '';
  const deliveries = useInfiniteQuery({
    ...deliveriesQuery({
      ...(state !== '' && { state }),
      ...(channel !== '' && { channel }),
      ...(webhook !== '' && { webhook }),
    }),
    refetchInterval: 15_000,
  });
  const items = (deliveries.data?.pages ?? []).flatMap((page) => page.items);
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(query);
    if (value === '') next.delete(name);
    else next.set(name, value);
    setQuery(next, { replace: true });
  };
  return (
    <>
      <Group align="flex-end">
        <NativeSelect
          label="State"
          w="12rem"
          data={STATES}
          value={state}
          onChange={(event) => set('state', event.currentTarget.value)}
        />
        <NativeSelect
          label="Channel"
          w="12rem"
          data={CHANNELS}
          value={channel}
          onChange={(event) => set('channel', event.currentTarget.value)}
        />
        {webhook !== '' && (
          <Button variant="default" onClick={() => set('webhook', '')}>
            Show all webhooks
          </Button>
        )}
      </Group>
      {deliveries.isPending && <LoadingState what="deliveries" rows={5} />}
      {deliveries.isError && items.length === 0 && (
        <ProblemState error={deliveries.error} onRetry={() => void deliveries.refetch()} />
      )}
      {deliveries.isSuccess && items.length === 0 && (
        <BlankState icon={IconMailCheck} title={state === 'dead' ? 'No dead deliveries' : 'No deliveries'}>
          {state === 'dead' ? 'Everything that was to be sent could be sent.' : 'Nothing of this kind was sent yet.'}
        </BlankState>
      )}
      {items.length > 0 && <DeliveriesTable deliveries={items} />}
      <LoadMore {...deliveries} />
    </>
  );
}
