import {
  LogLevel,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebClient,
  type ChatPostEphemeralArguments,
  type ChatPostMessageArguments,
  type ChatUpdateArguments,
  type ConversationsOpenArguments,
  type Logger as SlackLogger,
  type ViewsOpenArguments,
} from '@slack/web-api';
import type { KnownBlock, ModalView } from '@slack/types';
import { escapeSlackText, SLACK_LIMITS } from './slack-text.ts';
import type { SlackConfig } from './slack-config.ts';

/** One try of one call; whoever calls decides when to try again. */
const CALL_TIMEOUT_MS = 4_000;

/** Errors of Slack's that the same call will meet again: the person, the channel or the message is gone, or unfit. */
const FINAL_ERRORS = new Set([
  'account_inactive',
  'cannot_dm_bot',
  'cant_update_message',
  'channel_not_found',
  'edit_window_closed',
  'invalid_blocks',
  'is_archived',
  'is_inactive',
  'message_not_found',
  'messages_tab_disabled',
  'msg_blocks_too_long',
  'msg_too_long',
  'no_text',
  'not_in_channel',
  'restricted_action',
  'user_disabled',
  'user_is_bot',
  'user_not_found',
  'user_not_in_channel',
  'user_not_visible',
]);

/** A call that Slack did not do. Its message holds Slack's error code, never a token or what was sent. */
export class SlackFailure extends Error {
  override readonly name = 'SlackFailure';
  readonly code: string;
  /** Trying again would end the same way. */
  readonly isFinal: boolean;
  /** How long Slack asks to wait, in milliseconds; null where it did not say. */
  readonly retryAfterMs: number | null;

  constructor(code: string, retryAfterMs: number | null = null) {
    super(`Slack answered ${code}.`);
    this.code = code;
    this.isFinal = FINAL_ERRORS.has(code);
    this.retryAfterMs = retryAfterMs;
  }
}

export interface SlackContent {
  /** Read out and shown where blocks are not; escaped here. */
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

export type SlackClient = ReturnType<typeof createSlackClient>;

/** Slack's Web API, as far as it is used here. Every method throws `SlackFailure` and nothing else. */
export function createSlackClient(config: SlackConfig) {
  const web = new WebClient(config.botToken, {
    slackApiUrl: `${config.apiUrl}/`,
    allowAbsoluteUrls: false,
    logger: SILENT,
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 0 },
    timeout: CALL_TIMEOUT_MS,
  });
  return {
    /** @returns id of the workspace the app is installed in */
    teamId: () => call(async () => required((await web.auth.test()).team_id)),
    /** @returns id of the direct message with a person of the workspace */
    openDirectMessage(slackUserId: string): Promise<string> {
      const args = { users: slackUserId } satisfies ConversationsOpenArguments;
      return call(async () => required((await web.conversations.open(args)).channel?.id));
    },
    /** @returns `ts`, which names the message in its channel */
    post(channel: string, content: SlackContent): Promise<string> {
      const args = {
        channel,
        ...literally(content),
        mrkdwn: false,
        unfurl_links: false,
        unfurl_media: false,
      } satisfies ChatPostMessageArguments;
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- it is Slack's method, not a window's
      return call(async () => required((await web.chat.postMessage(args)).ts));
    },
    async update(channel: string, ts: string, content: SlackContent): Promise<void> {
      const args = { channel, ts, ...literally(content) } satisfies ChatUpdateArguments;
      await call(() => web.chat.update(args));
    },
    /** Shown to one person in a channel, and kept nowhere. */
    async whisper(channel: string, slackUserId: string, text: string): Promise<void> {
      const args = {
        channel,
        user: slackUserId,
        text: escapeSlackText(text, SLACK_LIMITS.message_text),
        parse: 'none',
        link_names: false,
      } satisfies ChatPostEphemeralArguments;
      await call(() => web.chat.postEphemeral(args));
    },
    async openView(triggerId: string, view: ModalView): Promise<void> {
      const args = { trigger_id: triggerId, view } satisfies ViewsOpenArguments;
      await call(() => web.views.open(args));
    },
  };
}

/** `chat.update` parses by default what `chat.postMessage` leaves alone, so both are told. */
function literally({ text, blocks }: SlackContent) {
  return {
    text: escapeSlackText(text, SLACK_LIMITS.message_text),
    blocks: blocks.slice(0, SLACK_LIMITS.blocks),
    parse: 'none' as const,
    link_names: false,
  };
}

async function call<Result>(send: () => Promise<Result>): Promise<Result> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof SlackFailure) throw error;
    if (error instanceof WebAPIRateLimitedError) throw new SlackFailure('ratelimited', error.retryAfter * 1000);
    // Without JSON the client takes the whole answer for the code.
    if (error instanceof WebAPIPlatformError && /^[a-z_]{1,80}$/.test(error.data.error)) {
      throw new SlackFailure(error.data.error);
    }
    throw new SlackFailure(error instanceof WebAPIPlatformError ? 'unreadable_answer' : 'unreachable');
  }
}

function required(value: string | undefined): string {
  if (value === undefined) throw new SlackFailure('unreadable_answer');
  return value;
}

/** The client's own logger would write what is sent. */
const SILENT: SlackLogger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};
