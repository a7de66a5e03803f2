import { describeError, type Logger } from '../../core/process/logger.ts';
import { text } from '../http/text.ts';
import { findButtonNonce } from './button-nonce.ts';
import { assertOwnButton, Declined, decideFromSlack, type DecideParts } from './decide-from-slack.ts';
import type { BlockActions, Interaction, ViewSubmission } from './interaction-payload.ts';
import { readRequestFacts } from './read-request-facts.ts';
import { ACTIONS, DENY_VIEW, denyView, MAX_REASON_CHARS, REASON_INPUT } from './request-message.ts';
import { SlackFailure, type SlackClient } from './slack-client.ts';
import type { SlackUser } from './slack-link.ts';

export interface InteractionParts extends DecideParts {
  readonly client: SlackClient;
  readonly logger: Logger;
  /** Brings the messages of a request up to date; the worker would do it a moment later. */
  readonly rewrite: (requestId: string) => Promise<unknown>;
}

/** What Slack is to do with the dialog that was sent; null: close it. */
export type ViewAnswer = { readonly response_action: 'errors'; readonly errors: Record<string, string> } | null;

/** Does what a button or a dialog asks for, and tells the one who used it when nothing came of it. Never throws. */
export async function handleInteraction(parts: InteractionParts, interaction: Interaction): Promise<ViewAnswer> {
  const user = { user_id: interaction.user.id, team_id: interaction.user.team_id ?? interaction.team?.id ?? '' };
  let channel = interaction.type === 'block_actions' ? interaction.container.channel_id : null;
  try {
    if (interaction.type === 'block_actions') {
      await press(parts, user, interaction);
      return null;
    }
    if (interaction.view.callback_id !== DENY_VIEW) return null;
    const reason = readReason(interaction);
    if (!reason.success) {
      return { response_action: 'errors', errors: { [REASON_INPUT.block_id]: reason.message } };
    }
    const nonce = await findButtonNonce(parts.knex, interaction.view.private_metadata);
    channel = nonce?.message.channel ?? null;
    const button = await assertOwnButton(parts, user, nonce, null);
    if (button.nonce.verdict === 'deny') await decideAndShow(parts, button, reason.value);
    return null;
  } catch (error) {
    await explain(parts, user, channel, error);
    return null;
  }
}

async function press(parts: InteractionParts, user: SlackUser, interaction: BlockActions): Promise<void> {
  const { container, trigger_id: triggerId } = interaction;
  const action = interaction.actions.find(({ action_id: id }) => id === ACTIONS.approve || id === ACTIONS.deny);
  // A button that only opens a page is reported too.
  if (action === undefined) return;
  const value = action.value ?? '';
  const found = await findButtonNonce(parts.knex, value);
  const place = { channel: container.channel_id, ts: container.message_ts };
  const button = await assertOwnButton(parts, user, found?.verdict === action.action_id ? found : null, place);
  if (button.nonce.verdict === 'approve') return decideAndShow(parts, button, null);
  const facts = await readRequestFacts(parts.knex, button.requestId, parts.clock());
  if (facts !== null) await parts.client.openView(triggerId, denyView(facts, value));
}

async function decideAndShow(
  parts: InteractionParts,
  button: Awaited<ReturnType<typeof assertOwnButton>>,
  reason: string | null,
): Promise<void> {
  await decideFromSlack(parts, button, reason);
  await parts.rewrite(button.requestId).catch((error: unknown) => {
    parts.logger.warn({ err: describeError(error) }, 'a decided request waits for the worker to show it in Slack');
  });
}

function readReason(
  interaction: ViewSubmission,
): { readonly success: true; readonly value: string | null } | { readonly success: false; readonly message: string } {
  const typed = interaction.view.state.values[REASON_INPUT.block_id]?.[REASON_INPUT.action_id]?.value ?? '';
  const parsed = text(MAX_REASON_CHARS).safeParse(typed);
  if (parsed.success) return { success: true, value: parsed.data === '' ? null : parsed.data };
  return { success: false, message: `The reason ${parsed.error.issues[0]?.message ?? 'can not be taken'}.` };
}

async function explain(
  { client, logger }: InteractionParts,
  user: SlackUser,
  channel: string | null,
  error: unknown,
): Promise<void> {
  if (!(error instanceof Declined)) logger.error({ err: describeError(error) }, 'a press of a Slack button failed');
  if (channel === null) return;
  const sentence =
    error instanceof Declined ? error.message : 'Something went wrong and nothing was decided. Try again in a moment.';
  try {
    await client.whisper(channel, user.user_id, sentence);
  } catch (failure) {
    logger.warn({ code: failure instanceof SlackFailure ? failure.code : null }, 'a person of Slack could not be told');
  }
}
