import type { Router } from 'express';
import { isLowRiskNow } from './access-requests/ask-low-risk.ts';
import { rememberRevision } from './access-requests/present-access-request.ts';
import { approveAccessRequest, denyAccessRequest } from './access-requests/review-access-request.ts';
import type { AdminParts } from './create-parts.ts';
import { showTimes } from './notifications/email/show-times.ts';
import { findCurrentPerson } from './people/find-current-person.ts';
import { rewriteSlackMessages, rewriteSlackMessagesAfter } from './slack/rewrite-messages.ts';
import { SlackChannel } from './slack/slack-channel.ts';
import { createSlackClient } from './slack/slack-client.ts';
import { createSlackEndpoints } from './slack/slack-endpoints.ts';

/** What an installation with a Slack app has more than one without. */
export interface Slack {
  readonly channel: SlackChannel;
  /** Where Slack sends presses of buttons and commands. */
  readonly endpoints: () => Router;
  /** Brings messages up to date with their requests. @returns how many were tried */
  readonly rewrite: (only?: { readonly requestId: string }) => Promise<number>;
  /** The same for what an event is about. */
  readonly rewriteAfter: (eventId: string) => Promise<void>;
}

type Needed = Pick<AdminParts, 'config' | 'knex' | 'run' | 'clock' | 'logger' | 'accessRequests'>;

/** @returns null without a Slack app */
export function createSlack({ config, knex, run, clock, logger, accessRequests }: Needed): Slack | null {
  if (config.slack === null) return null;
  const { publicUrl } = config;
  const client = createSlackClient(config.slack);
  const { signingSecret } = config.slack;
  const rewriting = { knex, clock, client, publicUrl, random: Math.random };
  const rewrite = (only?: { readonly requestId: string }) => rewriteSlackMessages(rewriting, only);
  return {
    channel: new SlackChannel({ knex, clock, client, publicUrl, showTimes }),
    rewrite,
    rewriteAfter: (eventId) => rewriteSlackMessagesAfter(rewriting, eventId),
    endpoints: () =>
      createSlackEndpoints({
        knex,
        run,
        clock,
        logger,
        client,
        publicUrl,
        signingSecret,
        rewrite: (requestId) => rewrite({ requestId }),
        findPerson: (id) => findCurrentPerson(knex, { id }, clock()),
        isLowRisk: (requestId) => isLowRiskNow(accessRequests, requestId),
        async approve(caller, requestId) {
          const { result, feedRevision } = await approveAccessRequest(accessRequests, caller, requestId, {}, null);
          await rememberRevision(accessRequests, { result: result.request, feedRevision });
        },
        async deny(caller, requestId, reason) {
          await denyAccessRequest(accessRequests, caller, requestId, reason);
        },
      }),
  };
}
