import { describe, expect, it } from '@jest/globals';
import { readAdminConfig } from '../../../admin-api/config.ts';
import type { ConfigError } from '../../../core/process/read-config.ts';

const BASE = { DATABASE_URL: 'postgresql://x', HALLPASS_ADMIN_PUBLIC_URL: 'http://x.test' };
const TOKEN = 'xoxb-1234-abcd';
const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readAdminConfig({ ...BASE, ...environment });
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
}

describe('the settings of the Slack app', () => {
  it('are all there or none', () => {
    expect(readAdminConfig(BASE).slack).toBe(null);
    expect(
      readAdminConfig({ ...BASE, HALLPASS_SLACK_BOT_TOKEN: TOKEN, HALLPASS_SLACK_SIGNING_SECRET: SECRET }).slack,
    ).toEqual({ botToken: TOKEN, signingSecret: SECRET, apiUrl: 'https://slack.com/api' });
    expect(problemsOf({ HALLPASS_SLACK_BOT_TOKEN: TOKEN })).toEqual([
      'HALLPASS_SLACK_SIGNING_SECRET: must be set together with HALLPASS_SLACK_BOT_TOKEN',
    ]);
  });

  it('are refused by name when they are something else, without a word of what they are', () => {
    const problems = problemsOf({ HALLPASS_SLACK_BOT_TOKEN: 'xoxp-secret', HALLPASS_SLACK_SIGNING_SECRET: 'short' });
    expect(problems).toEqual([
      'HALLPASS_SLACK_BOT_TOKEN: must be the bot token of a Slack app (xoxb-…)',
      'HALLPASS_SLACK_SIGNING_SECRET: must be the signing secret of a Slack app',
    ]);
  });
});
