import type {
  AuthTestResponse,
  ChatPostEphemeralResponse,
  ChatPostMessageResponse,
  ChatUpdateResponse,
  ConversationsOpenResponse,
  ViewsOpenResponse,
} from '@slack/web-api';
import { blockProblems, type WireBlock } from './slack-blocks.ts';
import { SLACK_CONTRACT } from './slack-contract.ts';

export interface SlackDoubleMessage {
  readonly channel: string;
  readonly ts: string;
  text: string;
  blocks: WireBlock[];
  /** How often it was rewritten. */
  updates: number;
}

export interface OpenedView {
  readonly callback_id: string;
  readonly private_metadata: string;
  readonly blocks: readonly WireBlock[];
}

type Arguments = Readonly<Record<string, unknown>>;

/** What is in a workspace of the double, and what the methods of the Web API do to it. */
export class SlackWorkspace {
  readonly teamId = 'T0HALLPASS';
  readonly messages: SlackDoubleMessage[] = [];
  readonly whispers: { readonly channel: string; readonly user: string; readonly text: string }[] = [];
  readonly views: OpenedView[] = [];
  /** Channels that the app is in. */
  readonly channels = new Set<string>();
  readonly #people: ReadonlySet<string>;
  #stamps = 0;

  /** @param people ids of the people of the workspace, like `U0ADMIN` */
  constructor(people: readonly string[]) {
    this.#people = new Set(people);
  }

  directMessageOf(user: string): string {
    return `D0${user.slice(1).padEnd(8, '0')}`;
  }

  messagesTo(user: string): SlackDoubleMessage[] {
    return this.messages.filter((message) => message.channel === this.directMessageOf(user));
  }

  /** @returns the answer of the method, good or not */
  do(method: string, args: Arguments): object {
    const contract = SLACK_CONTRACT.methods[method];
    if (contract === undefined) return refused('unknown_method');
    const known = new Set([...contract.required, ...contract.optional]);
    if (Object.keys(args).some((name) => !known.has(name))) return refused('invalid_arg_name');
    switch (method) {
      case 'auth.test':
        return {
          ok: true,
          url: 'https://hallpass.slack.com/',
          team: 'Hallpass',
          user: 'hallpass',
          team_id: this.teamId,
          user_id: 'U0BOT',
        } satisfies AuthTestResponse;
      case 'conversations.open':
        return this.#open(args);
      case 'chat.postMessage':
        return this.#post(args);
      case 'chat.update':
        return this.#update(args);
      case 'chat.postEphemeral':
        return this.#whisper(args);
      default:
        return this.#openView(args);
    }
  }

  #open({ users }: Arguments): object {
    if (typeof users !== 'string') return refused('users_list_not_supplied');
    if (!this.#people.has(users)) return refused('user_not_found');
    const id = this.directMessageOf(users);
    this.channels.add(id);
    return { ok: true, channel: { id } } satisfies ConversationsOpenResponse;
  }

  #post(args: Arguments): object {
    const { channel, text, blocks } = args as { channel?: string; text?: string; blocks?: WireBlock[] };
    const problem = this.#contentProblem(channel, text, blocks);
    if (problem !== null || channel === undefined) return refused(problem ?? 'channel_not_found');
    const ts = this.stamp();
    this.messages.push({ channel, ts, text: text ?? '', blocks: blocks ?? [], updates: 0 });
    return { ok: true, channel, ts, message: { text: text ?? '' } } satisfies ChatPostMessageResponse;
  }

  #update(args: Arguments): object {
    const { channel, ts, text, blocks } = args as {
      channel?: string;
      ts?: string;
      text?: string;
      blocks?: WireBlock[];
    };
    const problem = this.#contentProblem(channel, text, blocks);
    if (problem !== null) return refused(problem);
    const message = this.messages.find((one) => one.channel === channel && one.ts === ts);
    if (message === undefined || channel === undefined || ts === undefined) return refused('message_not_found');
    Object.assign(message, { text: text ?? '', blocks: blocks ?? [], updates: message.updates + 1 });
    return { ok: true, channel, ts, text: text ?? '', message: { text: text ?? '' } } satisfies ChatUpdateResponse;
  }

  #whisper(args: Arguments): object {
    const { channel, user, text } = args as { channel?: string; user?: string; text?: string };
    if (channel === undefined || !this.channels.has(channel)) return refused('channel_not_found');
    if (user === undefined || (channel.startsWith('D') && channel !== this.directMessageOf(user))) {
      return refused('user_not_in_channel');
    }
    if (text === undefined || text === '') return refused('no_text');
    this.whispers.push({ channel, user, text });
    return { ok: true, message_ts: this.stamp() } satisfies ChatPostEphemeralResponse;
  }

  #openView(args: Arguments): object {
    const { trigger_id: triggerId, view } = args as {
      trigger_id?: string;
      view?: OpenedView & { title: { text: string } };
    };
    if (triggerId === undefined || view === undefined) return refused('invalid_arguments');
    const { limits } = SLACK_CONTRACT;
    const tooLong =
      view.title.text.length > limits['view_title']! || view.private_metadata.length > limits['private_metadata']!;
    if (tooLong || blockProblems(view.blocks, 'view_blocks').length > 0) return refused('invalid_arguments');
    this.views.push(view);
    return { ok: true } satisfies ViewsOpenResponse;
  }

  #contentProblem(
    channel: string | undefined,
    text: string | undefined,
    blocks: WireBlock[] | undefined,
  ): string | null {
    if (channel === undefined || !this.channels.has(channel)) return 'channel_not_found';
    if ((text === undefined || text === '') && blocks === undefined) return 'no_text';
    if ((text?.length ?? 0) > SLACK_CONTRACT.limits['message_text']!) return 'msg_too_long';
    return blocks !== undefined && blockProblems(blocks).length > 0 ? 'invalid_blocks' : null;
  }

  /** A `ts` that no message had before. */
  stamp(): string {
    this.#stamps += 1;
    return `${Math.floor(Date.now() / 1000)}.${String(this.#stamps).padStart(6, '0')}`;
  }
}

function refused(error: string): object {
  return { ok: false, error };
}
