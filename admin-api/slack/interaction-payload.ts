import { z } from 'zod';

const slackId = z.string().regex(/^[A-Z0-9]{2,50}$/);

/** Slack names the person's own workspace beside the one they act in; the first is who they are. */
const actor = {
  user: z.object({ id: slackId, team_id: slackId.optional() }),
  team: z.object({ id: slackId }).nullish(),
};

/** A button of a message was pressed (docs.slack.dev, "block_actions payload"). */
const blockActionsSchema = z.object({
  type: z.literal('block_actions'),
  ...actor,
  trigger_id: z.string().max(200),
  container: z.object({ channel_id: slackId, message_ts: z.string().max(50) }).loose(),
  actions: z.array(z.object({ action_id: z.string(), value: z.string().max(2_000).optional() })).min(1),
});

/** A dialog was sent (docs.slack.dev, "view_submission payload"). */
const viewSubmissionSchema = z.object({
  type: z.literal('view_submission'),
  ...actor,
  view: z.object({
    callback_id: z.string(),
    private_metadata: z.string().max(3_000),
    state: z.object({
      values: z.record(z.string(), z.record(z.string(), z.object({ value: z.string().nullish() }))),
    }),
  }),
});

export type BlockActions = z.output<typeof blockActionsSchema>;
export type ViewSubmission = z.output<typeof viewSubmissionSchema>;

const interactionSchema = z.discriminatedUnion('type', [blockActionsSchema, viewSubmissionSchema]);
export type Interaction = z.output<typeof interactionSchema>;

/** @returns null for a kind of interaction that none of our messages leads to */
export function readInteraction(body: Buffer): Interaction | null {
  const payload = new URLSearchParams(body.toString('utf8')).get('payload');
  try {
    return interactionSchema.safeParse(JSON.parse(payload ?? '')).data ?? null;
  } catch {
    return null;
  }
}

/** A slash command (docs.slack.dev, "Slash commands"). */
export const commandSchema = z.object({
  command: z.string().max(100),
  text: z.string().max(2_000).default(''),
  team_id: slackId,
  user_id: slackId,
});
