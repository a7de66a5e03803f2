import { z } from 'zod';

/** What it takes to speak with one Slack workspace through one app. */
export const slackConfigSchema = z.object({
  /** Goes into the `Authorization` header and nowhere else. */
  botToken: z.string().regex(/^(xoxe\.)?xoxb-[\w-]+$/, 'must be the bot token of a Slack app (xoxb-…)'),
  /** Key of the HMAC on everything Slack sends. */
  signingSecret: z.string().regex(/^[\w-]{16,200}$/, 'must be the signing secret of a Slack app'),
  /** Base of the Web API, without a slash at its end; another one than Slack's in tests only. */
  apiUrl: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .default('https://slack.com/api'),
});
export type SlackConfig = z.output<typeof slackConfigSchema>;
