import { z } from 'zod';
import type { Clock } from '../../core/process/clock.ts';
import type { Knex } from '../db/knex.ts';
import type { RunUnitOfWork } from '../db/unit-of-work.ts';
import { operation, type Operation } from '../http/operation.ts';
import { HttpProblem } from '../http/problem.ts';
import { putSlackRoutes, readSlackRoutes } from './slack-routes.ts';
import { findLinkOfPerson, startSlackLink, unlinkSlack } from './slack-link.ts';

export const LINK_COMMAND = '/hallpass link';

const linkSchema = z.object({
  /** Whether this installation has a Slack app at all. */
  configured: z.boolean(),
  linked: z.object({ team_id: z.string(), slack_user_id: z.string(), linked_at: z.iso.datetime() }).nullable(),
  /** Until when the last code can be sent; null when there is none. */
  code_expires_at: z.iso.datetime().nullable(),
});

export interface SlackOperationParts {
  readonly knex: Knex;
  readonly run: RunUnitOfWork;
  readonly clock: Clock;
  readonly isConfigured: boolean;
  /** What can be routed to a channel. */
  readonly eventTypes: readonly string[];
}

export function slackOperations(parts: SlackOperationParts): Operation[] {
  return [...linkOperations(parts), ...routeOperations(parts)];
}

function linkOperations({ knex, run, clock, isConfigured }: SlackOperationParts): Operation[] {
  return [
    operation({
      method: 'get',
      path: '/v1/slack/link',
      tag: 'slack',
      summary: "Which Slack account is one's own",
      responses: { 200: { description: 'The link, if there is one', schema: linkSchema } },
      async run({ caller }) {
        const link = await findLinkOfPerson(knex, caller.id);
        const code = await knex('slack_link_codes')
          .where({ person_id: caller.id })
          .where('expires_at', '>', new Date(clock()))
          .first<{ expires_at: Date }>();
        return {
          status: 200,
          body: {
            configured: isConfigured,
            linked:
              link === null
                ? null
                : {
                    team_id: link.team_id,
                    slack_user_id: link.slack_user_id,
                    linked_at: link.linked_at.toISOString(),
                  },
            code_expires_at: code?.expires_at.toISOString() ?? null,
          },
        };
      },
    }),
    operation({
      method: 'post',
      path: '/v1/slack/link',
      tag: 'slack',
      summary: "Begin to link one's own Slack account: gives a code to send in Slack, once, within ten minutes",
      answersSecret: true,
      responses: {
        201: {
          description: 'What to send in Slack',
          schema: z.object({ code: z.string(), command: z.string(), expires_at: z.iso.datetime() }),
        },
      },
      async run({ caller }) {
        if (!isConfigured) {
          throw new HttpProblem('not-configured', 'This installation has no Slack app. Ask whoever runs Hallpass.');
        }
        const { code, expiresAt } = await startSlackLink(run, caller);
        return {
          status: 201,
          body: { code, command: `${LINK_COMMAND} ${code}`, expires_at: expiresAt.toISOString() },
        };
      },
    }),
    operation({
      method: 'delete',
      path: '/v1/slack/link',
      tag: 'slack',
      summary: "Unlink one's own Slack account",
      responses: { 204: { description: 'Not linked' } },
      async run({ caller }) {
        await unlinkSlack(run, caller);
        return { status: 204 };
      },
    }),
  ];
}

function routeOperations({ knex, run, eventTypes }: SlackOperationParts): Operation[] {
  const routesSchema = z.strictObject({
    routes: z
      .array(
        z.strictObject({
          event_type: z.enum(eventTypes),
          channel_id: z
            .string()
            .regex(
              /^[CG][A-Z0-9]{2,40}$/,
              'must be the id of a channel, like C0123456789; Slack shows it in its details',
            ),
        }),
      )
      .max(eventTypes.length)
      .refine(
        (routes) => new Set(routes.map((route) => route.event_type)).size === routes.length,
        'names an event type twice',
      ),
  });
  const read = async () => ({ routes: await readSlackRoutes(knex) });
  return [
    operation({
      method: 'get',
      path: '/v1/slack/routes',
      tag: 'slack',
      summary: 'Which events are posted to which Slack channel',
      minimumRole: 'admin',
      responses: { 200: { description: 'Routes', schema: routesSchema } },
      run: async () => ({ status: 200, body: await read() }),
    }),
    operation({
      method: 'put',
      path: '/v1/slack/routes',
      tag: 'slack',
      summary: 'Set which events are posted to which Slack channel, all of them at once',
      minimumRole: 'admin',
      body: routesSchema,
      responses: { 200: { description: 'Routes', schema: routesSchema } },
      async run({ body, caller }) {
        await putSlackRoutes(run, caller, body.routes);
        return { status: 200, body: await read() };
      },
    }),
  ];
}
