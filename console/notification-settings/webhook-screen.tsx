import { Alert, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { queryKeys } from '../api/query-keys.ts';
import { useRepeatable } from '../api/use-repeatable.ts';
import { deleteWebhook, putWebhook, webhookQuery, type Webhook, type WebhookBody } from '../api/webhook.ts';
import { DeletePanel } from '../elements/delete-panel.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { Page } from '../elements/page.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { Section } from '../elements/section.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { AdminsOnly } from '../shell/admins-only.tsx';
import { RotateSecret } from './rotate-secret.tsx';
import { TestWebhook } from './test-webhook.tsx';
import { draftOfWebhook } from './webhook-draft.ts';
import { WebhookForm } from './webhook-form.tsx';

const ALL_WEBHOOKS = <TextLink to="/settings/webhooks">All webhooks</TextLink>;

export function WebhookScreen() {
  const { id = '' } = useParams();
  return (
    <AdminsOnly title="Webhook" what="the webhooks">
      <OneWebhook key={id} id={id} />
    </AdminsOnly>
  );
}

function OneWebhook({ id }: { readonly id: string }) {
  // Read anew: what is saved replaces all of it, so an old copy would undo what others changed.
  const webhook = useQuery({ ...webhookQuery(id), staleTime: 0 });
  if (webhook.data !== undefined && webhook.isFetchedAfterMount) return <WebhookPage webhook={webhook.data} />;
  return (
    <Page narrow title="Webhook" intro={ALL_WEBHOOKS}>
      {webhook.isError ? (
        <ProblemState error={webhook.error} onRetry={() => void webhook.refetch()} />
      ) : (
        <LoadingState what="this webhook" rows={4} />
      )}
    </Page>
  );
}

function WebhookPage({ webhook }: { readonly webhook: Webhook }) {
  const client = useQueryClient();
  const send = useRepeatable((body: WebhookBody, key) => putWebhook(webhook.id, body, key));
  const save = useMutation({
    mutationFn: ({ body }: { readonly body: WebhookBody }) => send(body),
    onSuccess: async (saved) => {
      client.setQueryData(queryKeys.webhook(webhook.id), saved);
      await client.invalidateQueries({ queryKey: queryKeys.webhooks });
    },
  });
  return (
    <Page narrow title={webhook.description || webhook.url} tabTitle="Webhook" intro={ALL_WEBHOOKS}>
      <Stack gap="xl">
        {!webhook.enabled && webhook.disabled_reason !== null && (
          <Alert color="amber" title="Hallpass has turned this webhook off">
            {webhook.disabled_reason} Turn it on again below once it answers.
          </Alert>
        )}
        <WebhookForm initial={draftOfWebhook(webhook)} isNew={false} save={save} />
        <Section
          title="Try it"
          aside={<TextLink to={`/settings/deliveries?webhook=${webhook.id}`}>What was sent to it</TextLink>}
        >
          <TestWebhook webhook={webhook} />
        </Section>
        <Section title="Signing secret">
          <RotateSecret webhook={webhook} />
        </Section>
        <Section title="Delete">
          <DeletePanel
            name={webhook.description || 'the webhook'}
            intro="Nothing more is sent to it."
            warning="What was still to be sent to it is dropped, and what was sent leaves the list of deliveries."
            listPath="/settings/webhooks"
            send={(key) => deleteWebhook(webhook.id, key)}
            onDeleted={() => client.invalidateQueries({ queryKey: ['webhooks'] })}
          />
        </Section>
      </Stack>
    </Page>
  );
}
