import { Badge, Button, VisuallyHidden } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { resendDelivery, type Delivery } from '../api/delivery.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useRepeatable } from '../api/use-repeatable.ts';
import { DataTable, type Column } from '../elements/data-table.tsx';
import { PersonName } from '../elements/person-name.tsx';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { RelativeTimeStamp } from '../elements/time-stamp.tsx';
import classes from './deliveries-table.module.css';
import { DELIVERY_CHANNELS, DELIVERY_STATES, deliveryDetails } from './delivery-words.ts';

const COLUMNS: readonly Column<Delivery>[] = [
  { title: 'To', cell: (delivery) => <Receiver delivery={delivery} /> },
  { title: 'Channel', cell: ({ channel }) => DELIVERY_CHANNELS[channel] },
  {
    title: 'About',
    cell: ({ title, event_type: type, request_id: request }) => (
      <>
        <div>{title ?? type}</div>
        {request !== null && <TextLink to={`/review/${request}`}>Open the request</TextLink>}
      </>
    ),
  },
  { title: 'Made', cell: (delivery) => <RelativeTimeStamp time={delivery.created_at} /> },
  {
    title: 'State',
    cell: (delivery) => (
      <>
        <Badge color={DELIVERY_STATES[delivery.state].color}>{DELIVERY_STATES[delivery.state].words}</Badge>
        {deliveryDetails(delivery).map((words) => (
          <div key={words} className={classes.detail}>
            {words}
          </div>
        ))}
        {delivery.state === 'pending' && delivery.attempts > 0 && delivery.next_attempt_at !== null && (
          <div className={classes.detail}>
            Next attempt <RelativeTimeStamp time={delivery.next_attempt_at} />
          </div>
        )}
        {delivery.state === 'dead' && <Resend delivery={delivery} />}
      </>
    ),
  },
];

export function DeliveriesTable({ deliveries }: { readonly deliveries: readonly Delivery[] }) {
  return <DataTable caption="Deliveries, newest first" columns={COLUMNS} rows={deliveries} rowKey={({ id }) => id} />;
}

function Receiver({ delivery: { person, room, webhook } }: { readonly delivery: Delivery }) {
  if (person !== null) return <PersonName person={person} />;
  if (webhook !== null) return <TextLink to={`/settings/webhooks/${webhook.id}`}>{webhook.url}</TextLink>;
  return room === null ? '–' : `Channel ${room}`;
}

function Resend({ delivery }: { readonly delivery: Delivery }) {
  const client = useQueryClient();
  const send = useRepeatable((_: string, key) => resendDelivery(delivery.id, key));
  const resend = useMutation({
    mutationFn: send,
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.deliveries }),
  });
  const to = delivery.person?.name ?? delivery.webhook?.url ?? delivery.room ?? 'nobody';
  return (
    <>
      <Button variant="default" size="sm" mt="xs" loading={resend.isPending} onClick={() => resend.mutate(delivery.id)}>
        Send again<VisuallyHidden> to {to}</VisuallyHidden>
      </Button>
      <ProblemAlert error={resend.error} />
    </>
  );
}
