import { readFileSync } from 'node:fs';

interface MethodContract {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Members that every good answer has. */
  readonly answers: readonly string[];
  readonly errors: readonly string[];
}

/** Facts of Slack's published Web API, with where they are from: what the double is held to. */
export const SLACK_CONTRACT = JSON.parse(
  readFileSync(new URL('../contract/slack-web-api.json', import.meta.url), 'utf8'),
) as {
  readonly patterns: Readonly<Record<'team_id' | 'user_id' | 'channel' | 'dm_id' | 'ts', string>>;
  readonly methods: Readonly<Record<string, MethodContract>>;
  readonly limits: Readonly<Record<string, number>>;
};
