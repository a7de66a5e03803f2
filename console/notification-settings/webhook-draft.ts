import { messagesByField, type ApiProblem } from '../api/api-problem.ts';
import type { Webhook, WebhookBody } from '../api/webhook.ts';
import type { ReadForm } from '../elements/read-form.ts';

/** A webhook as it stands in the form. */
export interface WebhookDraft extends Record<string, unknown> {
  readonly url: string;
  readonly description: string;
  /** Whether it is told of everything, also of types that come later. */
  readonly everything: boolean;
  readonly eventTypes: readonly string[];
  readonly enabled: boolean;
}

export const EMPTY_WEBHOOK: WebhookDraft = {
  url: '',
  description: '',
  everything: true,
  eventTypes: [],
  enabled: true,
};

export function draftOfWebhook({ url, description, event_types: types, enabled }: Webhook): WebhookDraft {
  return { url, description, everything: types.length === 0, eventTypes: types, enabled };
}

/** What to send, or what is missing, by field; the server knows all other rules. */
export function readWebhookDraft(draft: WebhookDraft): ReadForm<{ readonly body: WebhookBody }> {
  const errors = {
    ...(draft.url.trim() === '' && { url: 'Say where the events are to be sent.' }),
    ...(!draft.everything &&
      draft.eventTypes.length === 0 && { eventTypes: 'Choose one type at least, or all of them.' }),
  };
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  return {
    ok: true,
    body: {
      url: draft.url.trim(),
      description: draft.description.trim(),
      event_types: draft.everything ? [] : draft.eventTypes,
      enabled: draft.enabled,
    },
  };
}

/** The API's names of the form's fields. */
export const WEBHOOK_FIELDS: readonly string[] = ['url', 'description', 'event_types', 'enabled'];

/** What the server refused, by the form's fields. */
export function webhookErrors(problem: ApiProblem): Record<string, string | undefined> {
  const messages = messagesByField(problem, WEBHOOK_FIELDS);
  return { url: messages['url'], description: messages['description'], eventTypes: messages['event_types'] };
}

/** `Request approved` for `access-request.approved`, as one says it. */
export function webhookEventWords(type: string): string {
  const [about = '', what = ''] = type.split('.');
  return `${about === 'grant' ? 'Access' : 'Request'} ${what.replaceAll('-', ' ')}`;
}
