import { describe, expect, it } from '@jest/globals';
import { WEBHOOK_EVENT_TYPES as TYPES_OF_API } from '../../../admin-api/notifications/webhooks/webhook-row.ts';
import { ApiProblem } from '../../../console/api/api-problem.ts';
import type { Delivery } from '../../../console/api/delivery.ts';
import { WEBHOOK_EVENT_TYPES } from '../../../console/api/webhook.ts';
import { deliveryDetails } from '../../../console/notification-settings/delivery-words.ts';
import { changeOfPolicy, changeOfRoutes, draftOfPolicy } from '../../../console/notification-settings/policy-draft.ts';
import {
  draftOfWebhook,
  EMPTY_WEBHOOK,
  readWebhookDraft,
  webhookErrors,
  webhookEventWords,
} from '../../../console/notification-settings/webhook-draft.ts';

describe('the notification policy', () => {
  const policy = {
    events: [
      { event_type: 'request-submitted', title: 'Submitted', channels: { email: 'on', slack: 'off' } },
      { event_type: 'break-glass', title: 'Emergency', channels: { email: 'mandatory', slack: 'mandatory' } },
    ],
  } as const;
  const routes = { routes: [{ event_type: 'break-glass', channel_id: 'C0123456789' }] };

  it('sends nothing where nothing was changed', () => {
    const draft = draftOfPolicy(policy, routes);
    expect(changeOfPolicy(policy, draft)).toBeNull();
    expect(changeOfRoutes(routes, draft)).toBeNull();
  });

  it('sends what was changed, and no more', () => {
    const draft = draftOfPolicy(policy, routes);
    const settings = { ...draft.settings, 'request-submitted': { email: 'on', slack: 'mandatory' } } as const;
    expect(changeOfPolicy(policy, { ...draft, settings })).toEqual({
      events: [{ event_type: 'request-submitted', channels: { slack: 'mandatory' } }],
    });
  });

  it('sends all routes, without the empty ones', () => {
    const draft = draftOfPolicy(policy, routes);
    const changed = { 'request-submitted': ' C42 ', 'break-glass': '' };
    expect(changeOfRoutes(routes, { ...draft, routes: changed })).toEqual({
      routes: [{ event_type: 'request-submitted', channel_id: 'C42' }],
    });
  });
});

describe('the form of a webhook', () => {
  const body = {
    url: 'https://siem.example.com/in',
    description: 'SIEM',
    event_types: ['grant.created'],
    enabled: false,
  };
  const webhook = { ...body, id: 'whk_1', disabled_reason: null, previous_secret_until: null, created_at: '' };

  it('gives back what it was given', () => {
    expect(readWebhookDraft(draftOfWebhook(webhook))).toEqual({ ok: true, body });
    expect(readWebhookDraft(draftOfWebhook({ ...webhook, event_types: [] }))).toMatchObject({
      body: { event_types: [] },
    });
  });

  it('says what is missing, at its field', () => {
    const read = readWebhookDraft({ ...EMPTY_WEBHOOK, everything: false });
    expect(read.ok ? [] : Object.keys(read.errors)).toEqual(['url', 'eventTypes']);
  });

  it('shows what the server refused at its field', () => {
    const problem = new ApiProblem(422, { errors: [{ field: 'event_types.0', message: 'unknown' }] });
    expect(webhookErrors(problem)['eventTypes']).toBe('unknown');
  });

  it('offers the types that the API knows, in words', () => {
    expect(WEBHOOK_EVENT_TYPES).toEqual(TYPES_OF_API);
    expect(webhookEventWords('access-request.break-glass-closed')).toBe('Request break glass closed');
    expect(webhookEventWords('grant.given-up')).toBe('Access given up');
  });
});

describe('how a delivery went', () => {
  const delivery = {
    state: 'dead',
    reason: null,
    last_error: 'connection refused',
    response: { status: 500, excerpt: 'oops' },
    attempts: 8,
  } as Delivery;

  it('is said in lines', () => {
    expect(deliveryDetails(delivery)).toEqual(['connection refused', 'Answered 500: oops', '8 attempts']);
    expect(
      deliveryDetails({ ...delivery, state: 'dropped', reason: 'muted', last_error: null, response: null }),
    ).toEqual(['They have muted notifications.', '8 attempts']);
    expect(deliveryDetails({ ...delivery, state: 'sent', response: null, attempts: 1 })).toEqual([]);
  });
});
