import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, listen } from '../../core/process/ops-server.ts';
import { httpClient, type Answer } from './http-client.ts';
import { SlackWorkspace, type OpenedView, type SlackDoubleMessage } from './slack-workspace.ts';

export interface SlackCall {
  readonly method: string;
  readonly args: Readonly<Record<string, unknown>>;
}

type Failure =
  | { readonly error: string }
  | { readonly retryAfter: number }
  | { readonly status: number }
  /** Done, but answered only when this has come. */
  | { readonly after: Promise<unknown> };

/** A workspace with an app in it, as the app sees it: it answers the Web API over HTTP, and sends what people do, signed. */
export class SlackDouble {
  readonly token = `xoxb-${randomUUID()}`;
  readonly signingSecret = randomUUID().replaceAll('-', '');
  readonly workspace: SlackWorkspace;
  readonly calls: SlackCall[] = [];
  readonly #failures = new Map<string, Failure[]>();
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #port = 0;

  /** @param people ids of the people of the workspace, like `U0ADMIN` */
  constructor(people: readonly string[]) {
    this.workspace = new SlackWorkspace(people);
  }

  async start(): Promise<void> {
    this.#port = await listen(this.#server, 0, '127.0.0.1');
  }

  stop(): Promise<void> {
    return closeServer(this.#server);
  }

  get apiUrl(): string {
    return `http://127.0.0.1:${this.#port}/api`;
  }

  /** What the admin API and its worker are started with. */
  get environment(): Record<string, string> {
    return {
      HALLPASS_SLACK_BOT_TOKEN: this.token,
      HALLPASS_SLACK_SIGNING_SECRET: this.signingSecret,
      HALLPASS_SLACK_API_URL: this.apiUrl,
    };
  }

  /** Answers the next calls of a method like this, one after the other, instead of doing them. */
  failNext(method: string, ...failures: readonly Failure[]): void {
    this.#failures.set(method, [...(this.#failures.get(method) ?? []), ...failures]);
  }

  callsOf(method: string): SlackCall[] {
    return this.calls.filter((call) => call.method === method);
  }

  /** Somebody presses a button of a message. */
  press(
    hallpassUrl: string,
    press: {
      readonly user: string;
      readonly message: Pick<SlackDoubleMessage, 'channel' | 'ts'>;
      readonly action: string;
      readonly value: string | undefined;
      readonly team?: string;
    },
    signing: Signing = {},
  ): Promise<Answer> {
    const { user, message, team = this.workspace.teamId } = press;
    return this.#interact(
      hallpassUrl,
      {
        type: 'block_actions',
        user: { id: user, username: 'x', name: 'x', team_id: team },
        team: { id: this.workspace.teamId, domain: 'hallpass' },
        api_app_id: 'A0HALLPASS',
        token: 'of no use',
        trigger_id: `1.2.${randomUUID()}`,
        response_url: 'https://hooks.slack.com/actions/T0/1/2',
        container: { type: 'message', message_ts: message.ts, channel_id: message.channel, is_ephemeral: false },
        channel: { id: message.channel, name: 'directmessage' },
        actions: [
          {
            type: 'button',
            block_id: 'b',
            action_id: press.action,
            value: press.value,
            action_ts: this.workspace.stamp(),
          },
        ],
      },
      signing,
    );
  }

  /** Somebody sends the dialog that was opened for them. */
  submit(
    hallpassUrl: string,
    submission: { readonly user: string; readonly view: OpenedView; readonly reason: string | null },
    signing: Signing = {},
  ): Promise<Answer> {
    const { user, view, reason } = submission;
    return this.#interact(
      hallpassUrl,
      {
        type: 'view_submission',
        user: { id: user, team_id: this.workspace.teamId },
        team: { id: this.workspace.teamId, domain: 'hallpass' },
        view: {
          id: 'V0',
          type: 'modal',
          callback_id: view.callback_id,
          private_metadata: view.private_metadata,
          state: { values: { reason: { reason: { type: 'plain_text_input', value: reason } } } },
        },
      },
      signing,
    );
  }

  /** Somebody sends `/hallpass <text>`. */
  command(
    hallpassUrl: string,
    command: { readonly user: string; readonly text: string; readonly team?: string },
    signing: Signing = {},
  ): Promise<Answer> {
    const body = new URLSearchParams({
      command: '/hallpass',
      text: command.text,
      team_id: command.team ?? this.workspace.teamId,
      user_id: command.user,
      channel_id: this.workspace.directMessageOf(command.user),
      response_url: 'https://hooks.slack.com/commands/1/2',
      trigger_id: '1.2.3',
    });
    return this.send(hallpassUrl, '/slack/commands', body.toString(), signing);
  }

  /** Sends a form as Slack does, signed. */
  send(hallpassUrl: string, path: string, body: string, signing: Signing = {}): Promise<Answer> {
    const timestamp = String(Math.floor(Date.now() / 1000) - (signing.ageSeconds ?? 0));
    const signature = createHmac('sha256', signing.secret ?? this.signingSecret)
      .update(`v0:${timestamp}:${body}`)
      .digest('hex');
    return httpClient(hallpassUrl, null).send('POST', path, {
      body: signing.sentBody ?? body,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': `v0=${signature}`,
      },
    });
  }

  #interact(hallpassUrl: string, payload: object, signing: Signing): Promise<Answer> {
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    return this.send(hallpassUrl, '/slack/interactions', body, signing);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = (request.url ?? '').replace(/^\/api\//, '');
    const args = await readArguments(request);
    const isOurs = request.headers.authorization === `Bearer ${this.token}`;
    const failure = this.#failures.get(method)?.shift();
    if (failure !== undefined && 'retryAfter' in failure) {
      return answer(response, { ok: false, error: 'ratelimited' }, 429, { 'retry-after': String(failure.retryAfter) });
    }
    if (failure !== undefined && 'status' in failure) return void response.writeHead(failure.status).end('<html>');
    if (!isOurs) return answer(response, { ok: false, error: 'invalid_auth' });
    this.calls.push({ method, args });
    if (failure !== undefined && 'after' in failure) {
      await failure.after;
      return answer(response, this.workspace.do(method, args));
    }
    answer(response, failure === undefined ? this.workspace.do(method, args) : { ok: false, ...failure });
  }
}

/** How a request is made to look wrong. */
export interface Signing {
  readonly secret?: string;
  readonly ageSeconds?: number;
  /** Sent instead of what was signed. */
  readonly sentBody?: string;
}

function answer(response: ServerResponse, body: object, status = 200, headers: Record<string, string> = {}): void {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
    .end(JSON.stringify(body));
}

/** Arguments of a form or of JSON; what is structured comes as JSON in a form's field. */
async function readArguments(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  if (text === '') return {};
  if (request.headers['content-type']?.startsWith('application/json') === true) return JSON.parse(text);
  const fields = Object.entries(Object.fromEntries(new URLSearchParams(text)));
  return Object.fromEntries(
    fields.map(([name, value]) => [name, name === 'blocks' || name === 'view' ? JSON.parse(value) : value]),
  );
}
