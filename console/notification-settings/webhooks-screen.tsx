import { Badge } from '@mantine/core';
import { IconWebhook } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { webhooksQuery, type Webhook } from '../api/webhook.ts';
import { BlankState } from '../elements/blank-state.tsx';
import { ButtonLink } from '../elements/button-link.tsx';
import { DataTable, type Column } from '../elements/data-table.tsx';
import { LoadMore } from '../elements/load-more.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { OpenLink } from '../elements/open-link.tsx';
import { Page } from '../elements/page.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { TimeStamp } from '../elements/time-stamp.tsx';
import { AdminsOnly } from '../shell/admins-only.tsx';
import classes from './deliveries-table.module.css';
import { webhookEventWords } from './webhook-draft.ts';

/** So many types are named in the list. */
const NAMED = 3;

const COLUMNS: readonly Column<Webhook>[] = [
  {
    title: 'Webhook',
    cell: ({ url, description }) => (
      <>
        {description !== '' && <b>{description}</b>}
        <div className={classes.detail}>{url}</div>
      </>
    ),
  },
  { title: 'Events', cell: ({ event_types: types }) => eventWords(types) },
  {
    title: 'State',
    cell: ({ enabled, disabled_reason: reason }) => (
      <>
        <Badge color={enabled ? 'pine' : 'gray'}>{enabled ? 'On' : 'Off'}</Badge>
        {!enabled && reason !== null && <div className={classes.detail}>{reason}</div>}
      </>
    ),
  },
  { title: 'Created', cell: ({ created_at: time }) => <TimeStamp time={time} /> },
  {
    title: 'Open',
    titleHidden: true,
    cell: ({ id, url, description }) => <OpenLink to={`/settings/webhooks/${id}`} name={description || url} />,
  },
];

/** Which other programs are told of what happens. */
export function WebhooksScreen() {
  return (
    <AdminsOnly title="Webhooks" what="the webhooks">
      <Page
        title="Webhooks"
        intro="Other programs that are told what happens, such as a SIEM or chat-ops."
        actions={<ButtonLink to="/settings/webhooks/new">New webhook</ButtonLink>}
      >
        <Webhooks />
      </Page>
    </AdminsOnly>
  );
}

function Webhooks() {
  const webhooks = useInfiniteQuery(webhooksQuery());
  const items = (webhooks.data?.pages ?? []).flatMap((page) => page.items);
  return (
    <>
      {webhooks.isPending && <LoadingState what="webhooks" />}
      {webhooks.isError && items.length === 0 && (
        <ProblemState error={webhooks.error} onRetry={() => void webhooks.refetch()} />
      )}
      {webhooks.isSuccess && items.length === 0 && (
        <BlankState icon={IconWebhook} title="No webhooks">
          Make the first one with New webhook.
        </BlankState>
      )}
      {items.length > 0 && (
        <DataTable caption="Webhooks, newest first" columns={COLUMNS} rows={items} rowKey={({ id }) => id} />
      )}
      <LoadMore {...webhooks} />
    </>
  );
}

function eventWords(types: readonly string[]): string {
  if (types.length === 0) return 'All';
  const named = types.slice(0, NAMED).map(webhookEventWords).join(', ');
  return types.length > NAMED ? `${named} and ${types.length - NAMED} more` : named;
}
