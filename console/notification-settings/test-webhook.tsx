import { Alert, Button, Paper, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { deliveriesQuery, type Delivery } from '../api/delivery.ts';
import type { Page } from '../api/page.ts';
import { useRepeatable } from '../api/use-repeatable.ts';
import { testWebhook, type Webhook } from '../api/webhook.ts';
import { ProblemAlert } from '../elements/problem-alert.tsx';
import { DELIVERY_STATES, deliveryDetails } from './delivery-words.ts';

/** The delivery is among the newest ones of this webhook. */
const LOOKED_AT = 10;

/** Sends a test event now, and says what came of it. */
export function TestWebhook({ webhook }: { readonly webhook: Webhook }) {
  const send = useRepeatable((_: string, key) => testWebhook(webhook.id, key));
  const test = useMutation({ mutationFn: send });
  return (
    <Paper>
      <Stack align="flex-start">
        <Text>Posts a test event to the address, signed like every other.</Text>
        <Button
          variant="default"
          loading={test.isPending}
          disabled={!webhook.enabled}
          onClick={() => test.mutate(webhook.id)}
        >
          Send a test
        </Button>
        {!webhook.enabled && <Text c="dimmed">Turn it on and save it first.</Text>}
        <ProblemAlert error={test.error} />
        <div aria-live="polite">
          {test.data !== undefined && <Outcome webhook={webhook} deliveryId={test.data.delivery_id} />}
        </div>
      </Stack>
    </Paper>
  );
}

function Outcome({ webhook, deliveryId }: { readonly webhook: Webhook; readonly deliveryId: string }) {
  const deliveries = useInfiniteQuery({
    ...deliveriesQuery({ webhook: webhook.id }, LOOKED_AT),
    staleTime: 0,
    refetchInterval: ({ state: { data } }) => (find(data?.pages, deliveryId)?.finished_at == null ? 1_000 : false),
  });
  const delivery = find(deliveries.data?.pages, deliveryId);
  if (delivery === undefined || (delivery.state === 'pending' && delivery.attempts === 0)) return <Text>Sending…</Text>;
  const { words } = DELIVERY_STATES[delivery.state];
  return (
    <Alert
      color={delivery.state === 'sent' ? 'pine' : 'amber'}
      title={delivery.state === 'sent' ? 'It arrived' : words}
    >
      {deliveryDetails(delivery).map((line) => (
        <div key={line}>{line}</div>
      ))}
    </Alert>
  );
}

function find(pages: readonly Page<Delivery>[] | undefined, id: string): Delivery | undefined {
  return (pages ?? []).flatMap(({ items }) => items).find((delivery) => delivery.id === id);
}
