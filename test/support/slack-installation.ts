import { createSlack, type Slack } from '../../admin-api/create-slack.ts';
import { putResource } from '../../admin-api/resources/resource-store.ts';
import { DEMO_RESOURCES } from '../../quickstart/demo-people.ts';
import { startAdminApi, type TestAdminApi } from './admin-api.ts';
import { SlackDouble } from './slack-double.ts';
import type { SlackDoubleMessage } from './slack-workspace.ts';
import type { Profile } from './test-services.ts';

/** A resource whose requests the policy lets people decide from a chat message. */
export const LOW_RISK = { type: 'connection', id: 'aws-production-logs' } as const;

/** The admin API with a Slack app in a workspace of its own; everybody's id there is `U0` and their name. */
export interface SlackInstallation {
  readonly api: TestAdminApi;
  readonly slack: SlackDouble;
  /** The same that the worker and the API use. */
  readonly own: Slack;
  userOf(name: string): string;
  link(name: string, user?: string): Promise<void>;
  /** @returns the id of the request */
  submit(options?: { readonly resource?: object; readonly reason?: string; readonly who?: string }): Promise<string>;
  /** Delivers the news of a request to a reviewer, as deliveries do. @returns the message in Slack */
  tell(name: string, requestId: string, deliveryId?: string): Promise<SlackDoubleMessage>;
  statusOf(requestId: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startSlackInstallation(
  profile: Profile,
  environment: Readonly<Record<string, string>> = {},
): Promise<SlackInstallation> {
  const userOf = (name: string) => `U0${name.toUpperCase()}`;
  const slack = new SlackDouble(['owner', 'admin', 'admin2', 'member', 'member2'].map(userOf));
  await slack.start();
  const api = await startAdminApi(profile, { ...slack.environment, ...environment });
  const { parts } = api.running;
  const own = createSlack(parts);
  if (own === null) throw new Error('The installation has no Slack app.');
  await putLowRisk(api, { low_risk: true });
  return {
    api,
    slack,
    own,
    userOf,
    async link(name, user = userOf(name)) {
      const { body } = await api.as(name).post('/v1/slack/link', {});
      const answer = await slack.command(api.url, { user, text: `link ${body.code}` });
      if (!answer.body.text.startsWith('Done')) throw new Error(answer.body.text);
    },
    async submit({ resource = LOW_RISK, reason = 'INC-42', who = 'member' } = {}) {
      const { status, body } = await api
        .as(who)
        .post('/v1/access-requests', { resource, reason, duration_seconds: 3600 });
      if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
      return body.id as string;
    },
    async tell(name, requestId, deliveryId = crypto.randomUUID()) {
      const address = (await own.channel.addressOf({ id: api.idOf(name) })) ?? '';
      const { external_ref: ref } = await own.channel.send({
        delivery_id: deliveryId,
        person: { id: api.idOf(name), name, email: `${name}@example.com`, time_zone: 'UTC' },
        address,
        notices: [
          {
            event_type: 'request-submitted',
            title: 'Somebody asks',
            body: 'For something.',
            link: `/review/${requestId}`,
            request_id: requestId,
            grant_id: null,
            created_at: new Date().toISOString(),
          },
        ],
        is_digest: false,
      });
      const message = slack.workspace.messages.find((one) => `${one.channel}/${one.ts}` === ref);
      if (message === undefined) throw new Error(`There is no message ${ref}.`);
      return message;
    },
    async statusOf(requestId) {
      return (await api.as('owner').get(`/v1/access-requests/${requestId}`)).body.status;
    },
    async stop() {
      await api.stop();
      await slack.stop();
    },
  };
}

/** Sets the attributes of the low-risk resource, and with them what the policy says of it. */
export async function putLowRisk(api: TestAdminApi, attributes: Record<string, boolean | number>): Promise<void> {
  const production = DEMO_RESOURCES.find((resource) => resource.id === 'aws-production');
  if (production === undefined) throw new Error('There is no demo resource aws-production.');
  await putResource(api.running.parts.run, null, { ...production, ...LOW_RISK, name: 'Production logs', attributes });
}
