import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { queryKeys } from '../api/query-keys.ts';
import { useRepeatable } from '../api/use-repeatable.ts';
import { createWebhook, type WebhookBody } from '../api/webhook.ts';
import { Page } from '../elements/page.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { AdminsOnly } from '../shell/admins-only.tsx';
import { SecretNotice } from './secret-notice.tsx';
import { EMPTY_WEBHOOK } from './webhook-draft.ts';
import { WebhookForm } from './webhook-form.tsx';

export function NewWebhookScreen() {
  return (
    <AdminsOnly title="New webhook" what="the webhooks">
      <Page narrow title="New webhook" intro={<TextLink to="/settings/webhooks">All webhooks</TextLink>}>
        <NewWebhook />
      </Page>
    </AdminsOnly>
  );
}

function NewWebhook() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const send = useRepeatable(createWebhook);
  const save = useMutation({
    mutationFn: ({ body }: { readonly body: WebhookBody }) => send(body),
    // The answer holds the secret: forgotten with the page.
    gcTime: 0,
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.webhooks }),
  });
  const created = save.data;
  if (created === undefined) return <WebhookForm initial={EMPTY_WEBHOOK} isNew save={save} />;
  return (
    <SecretNotice
      secret={created.secret}
      onDone={() => void navigate(`/settings/webhooks/${created.id}`, { replace: true })}
    />
  );
}
