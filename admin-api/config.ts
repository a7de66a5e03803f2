import { z } from 'zod';
import { DEFAULT_JWT_ALGORITHMS, JWT_ALGORITHMS } from '../core/process/jwt-algorithms.ts';
import { ConfigError, readConfig, withoutEmpty } from '../core/process/read-config.ts';
import { taskEnvironment, taskSettingsOf, type AccessTaskSettings } from './access-requests/tasks/task-settings.ts';
import { auditEnvironment, auditSettingsOf, type AuditSettings } from './audit/audit-settings.ts';
import { decisionEnvironment, decisionSettingsOf, type DecisionSettings } from './decisions/decision-settings.ts';
import type { BearerConfig } from './http/bearer-token.ts';
import type { DeliveryLimits } from './notifications/deliveries/delivery-limits.ts';
import type { MailConfig } from './notifications/email/mail-config.ts';
import { liveEnvironment, liveLimitsOf, type LiveLimits } from './live/live-limits.ts';
import type { OidcConfig } from './sessions/oidc-config.ts';
import { oidcConfigOf, oidcEnvironment } from './sessions/oidc-environment.ts';
import { sessionEnvironment, sessionLimitsOf } from './sessions/session-environment.ts';
import type { SessionLimits } from './sessions/session-limits.ts';
import { slackConfigSchema, type SlackConfig } from './slack/slack-config.ts';

const port = (standard: number) => z.coerce.number().int().min(0).max(65_535).default(standard);
const httpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));
const bound = (standard: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(standard);

/** `Hallpass <access@example.com>`, or the address alone. */
const sender = z
  .string()
  .regex(/^([^<>\r\n]*<[^<>\s@]+@[^<>\s@]+>|[^<>\s@]+@[^<>\s@]+)$/, 'must be like Hallpass <access@example.com>')
  .transform((text) => {
    const [, name = '', address = text] = /^([^<]*)<(.*)>$/.exec(text) ?? [];
    return { name: name.trim().replaceAll(/^"|"$/g, '') || 'Hallpass', address };
  });
const secretKey = z
  .string()
  .transform((text) => Buffer.from(text, 'base64'))
  .refine((key) => key.length === 32, 'must be 32 bytes in base64: openssl rand -base64 32');

/** Every setting of the admin API and its worker: environment variables, all named in .env.example. */
export const adminEnvironmentSchema = z.object({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must be a postgresql:// URL' })
    .describe('libpq URL of PostgreSQL'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/, error: 'must be a redis:// URL' })
    .optional()
    .describe('Redis for jobs and wake-ups; left out: PostgreSQL carries both'),
  HALLPASS_ADMIN_HOST: z.string().min(1).default('127.0.0.1'),
  HALLPASS_ADMIN_PORT: port(4000),
  HALLPASS_ADMIN_OPS_HOST: z.string().min(1).default('127.0.0.1'),
  HALLPASS_ADMIN_OPS_PORT: port(9091),
  HALLPASS_WORKER_OPS_PORT: port(9092),
  HALLPASS_ADMIN_PUBLIC_URL: httpUrl.describe('where browsers reach the console; links are made from it'),
  HALLPASS_POLICY_BUNDLE: z.string().min(1).default('policies/bundle/policy.tar.gz'),
  HALLPASS_CONSOLE_DIR: z.string().min(1).default('console/dist'),
  HALLPASS_JWT_JWKS_URL: httpUrl.optional().describe('keys of the issuer of bearer tokens; left out: none are taken'),
  HALLPASS_JWT_ISSUER: z.string().min(1).optional(),
  HALLPASS_JWT_AUDIENCE: z.string().min(1).optional(),
  HALLPASS_JWT_ALGORITHMS: z
    .string()
    .default(DEFAULT_JWT_ALGORITHMS.join())
    .transform((text) => text.split(',').map((name) => name.trim()))
    .pipe(z.array(z.enum(JWT_ALGORITHMS)).min(1)),
  HALLPASS_JWT_TIMEOUT_MS: bound(5_000, 100, 60_000),
  ...oidcEnvironment,
  ...sessionEnvironment,
  HALLPASS_DATABASE_CONNECTIONS: bound(10, 2, 200),
  HALLPASS_FEED_HEARTBEAT_MS: bound(2_000, 50, 30_000),
  HALLPASS_FEED_POLL_MS: bound(1_000, 50, 60_000),
  HALLPASS_SWEEP_INTERVAL_MS: bound(2_000, 50, 600_000),
  HALLPASS_OUTBOX_REDELIVER_MS: bound(10_000, 200, 3_600_000),
  HALLPASS_REQUEST_TIMEOUT_MS: bound(86_400_000, 1_000, 31_536_000_000),
  HALLPASS_REMIND_INTERVAL_MS: bound(3_600_000, 1_000, 604_800_000),
  HALLPASS_SECRET_KEY: secretKey.optional().describe('encrypts stored secrets, signs links in mail'),
  HALLPASS_SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: 'must be an smtp:// or smtps:// URL' })
    .optional()
    .describe('mail server; left out: no mail is sent'),
  HALLPASS_MAIL_FROM: sender.optional(),
  HALLPASS_DELIVERY_ATTEMPTS: bound(15, 1, 100),
  HALLPASS_DELIVERY_BACKOFF_MS: bound(10_000, 10, 3_600_000),
  HALLPASS_DELIVERY_BACKOFF_MAX_MS: bound(14_400_000, 10, 86_400_000),
  HALLPASS_DELIVERY_TIMEOUT_MS: bound(10_000, 100, 120_000),
  HALLPASS_DELIVERY_CONCURRENCY: bound(5, 1, 100),
  HALLPASS_WEBHOOK_ALLOW_PRIVATE: z.enum(['true', 'false']).default('false'),
  HALLPASS_WEBHOOK_SECRET_OVERLAP_MS: bound(86_400_000, 0, 2_592_000_000),
  ...liveEnvironment,
  ...auditEnvironment,
  ...decisionEnvironment,
  ...taskEnvironment,
  HALLPASS_SLACK_BOT_TOKEN: slackConfigSchema.shape.botToken.optional().describe('Slack app; left out: no Slack'),
  HALLPASS_SLACK_SIGNING_SECRET: slackConfigSchema.shape.signingSecret.optional(),
  HALLPASS_SLACK_API_URL: slackConfigSchema.shape.apiUrl,
  HALLPASS_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

export interface AdminConfig {
  readonly databaseUrl: string;
  readonly redisUrl: string | null;
  readonly host: string;
  readonly port: number;
  readonly opsHost: string;
  readonly opsPort: number;
  readonly workerOpsPort: number;
  readonly publicUrl: string;
  readonly policyBundle: string;
  readonly consoleDir: string;
  readonly bearer: BearerConfig | null;
  readonly oidc: OidcConfig | null;
  readonly sessions: SessionLimits;
  /** Addresses and networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  readonly databaseConnections: number;
  readonly heartbeatIntervalMs: number;
  readonly feedPollMs: number;
  readonly sweepIntervalMs: number;
  readonly redeliverAfterMs: number;
  readonly pendingTimeoutMs: number;
  readonly remindIntervalMs: number;
  /** 32 bytes; null: nothing that needs it can be set up. */
  readonly secretKey: Buffer | null;
  readonly mail: MailConfig | null;
  readonly deliveries: DeliveryLimits;
  readonly webhooks: { readonly allowPrivate: boolean; readonly secretOverlapMs: number };
  readonly live: LiveLimits;
  readonly audit: AuditSettings;
  readonly decisions: DecisionSettings;
  readonly accessTasks: AccessTaskSettings;
  readonly slack: SlackConfig | null;
  readonly logLevel: z.output<typeof adminEnvironmentSchema>['HALLPASS_LOG_LEVEL'];
}

/** @throws ConfigError with every problem at once */
export function readAdminConfig(environment: Readonly<Record<string, string | undefined>>): AdminConfig {
  const env = readEnvironment(withoutEmpty(environment));
  return {
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL ?? null,
    host: env.HALLPASS_ADMIN_HOST,
    port: env.HALLPASS_ADMIN_PORT,
    opsHost: env.HALLPASS_ADMIN_OPS_HOST,
    opsPort: env.HALLPASS_ADMIN_OPS_PORT,
    workerOpsPort: env.HALLPASS_WORKER_OPS_PORT,
    publicUrl: env.HALLPASS_ADMIN_PUBLIC_URL,
    policyBundle: env.HALLPASS_POLICY_BUNDLE,
    consoleDir: env.HALLPASS_CONSOLE_DIR,
    bearer: bearerOf(env),
    oidc: oidcConfigOf(env),
    sessions: sessionLimitsOf(env),
    trustedProxies: env.HALLPASS_TRUSTED_PROXIES,
    databaseConnections: env.HALLPASS_DATABASE_CONNECTIONS,
    heartbeatIntervalMs: env.HALLPASS_FEED_HEARTBEAT_MS,
    feedPollMs: env.HALLPASS_FEED_POLL_MS,
    sweepIntervalMs: env.HALLPASS_SWEEP_INTERVAL_MS,
    redeliverAfterMs: env.HALLPASS_OUTBOX_REDELIVER_MS,
    pendingTimeoutMs: env.HALLPASS_REQUEST_TIMEOUT_MS,
    remindIntervalMs: env.HALLPASS_REMIND_INTERVAL_MS,
    secretKey: env.HALLPASS_SECRET_KEY ?? null,
    mail:
      env.HALLPASS_SMTP_URL === undefined || env.HALLPASS_MAIL_FROM === undefined
        ? null
        : { smtpUrl: env.HALLPASS_SMTP_URL, from: env.HALLPASS_MAIL_FROM },
    deliveries: deliveryLimitsOf(env),
    webhooks: {
      allowPrivate: env.HALLPASS_WEBHOOK_ALLOW_PRIVATE === 'true',
      secretOverlapMs: env.HALLPASS_WEBHOOK_SECRET_OVERLAP_MS,
    },
    live: liveLimitsOf(env),
    audit: auditSettingsOf(env),
    decisions: decisionSettingsOf(env),
    accessTasks: taskSettingsOf(env),
    slack: slackOf(env),
    logLevel: env.HALLPASS_LOG_LEVEL,
  };
}

type Environment = z.output<typeof adminEnvironmentSchema>;

/** Settings that mean nothing alone: half an issuer would look configured and refuse everybody. */
const TOGETHER = [
  ['HALLPASS_JWT_JWKS_URL', 'HALLPASS_JWT_ISSUER', 'HALLPASS_JWT_AUDIENCE'],
  ['HALLPASS_OIDC_ISSUER', 'HALLPASS_OIDC_CLIENT_ID'],
  ['HALLPASS_OIDC_ROLE_CLAIM', 'HALLPASS_OIDC_ROLE_MAPPING'],
  ['HALLPASS_SLACK_BOT_TOKEN', 'HALLPASS_SLACK_SIGNING_SECRET'],
  ['HALLPASS_SMTP_URL', 'HALLPASS_MAIL_FROM'],
] as const;

function readEnvironment(given: Readonly<Record<string, string>>): Environment {
  const source = 'the environment';
  const problems = TOGETHER.filter((group) => group.some((name) => name in given)).flatMap((group) =>
    group
      .filter((name) => !(name in given))
      .map((name) => `${name}: must be set together with ${group.filter((other) => other !== name).join(' and ')}`),
  );
  // The links in mails that turn mail off are signed.
  if ('HALLPASS_SMTP_URL' in given && !('HALLPASS_SECRET_KEY' in given)) {
    problems.push('HALLPASS_SECRET_KEY: must be set where HALLPASS_SMTP_URL is: openssl rand -base64 32');
  }
  try {
    const env = readConfig(adminEnvironmentSchema, given, source);
    if (problems.length === 0) return env;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.unshift(...error.problems);
  }
  throw new ConfigError(source, problems);
}

function deliveryLimitsOf(env: Environment): DeliveryLimits {
  return {
    attempts: env.HALLPASS_DELIVERY_ATTEMPTS,
    backoffMs: env.HALLPASS_DELIVERY_BACKOFF_MS,
    backoffMaxMs: env.HALLPASS_DELIVERY_BACKOFF_MAX_MS,
    timeoutMs: env.HALLPASS_DELIVERY_TIMEOUT_MS,
    concurrency: env.HALLPASS_DELIVERY_CONCURRENCY,
  };
}

function slackOf(env: Environment): SlackConfig | null {
  const { HALLPASS_SLACK_BOT_TOKEN: botToken, HALLPASS_SLACK_SIGNING_SECRET: signingSecret } = env;
  if (botToken === undefined || signingSecret === undefined) return null;
  return { botToken, signingSecret, apiUrl: env.HALLPASS_SLACK_API_URL };
}

function bearerOf(env: Environment): BearerConfig | null {
  const { HALLPASS_JWT_JWKS_URL: jwksUrl, HALLPASS_JWT_ISSUER: issuer, HALLPASS_JWT_AUDIENCE: audience } = env;
  if (jwksUrl === undefined || issuer === undefined || audience === undefined) return null;
  return {
    jwks_url: jwksUrl,
    issuer,
    audience,
    algorithms: env.HALLPASS_JWT_ALGORITHMS,
    timeout_ms: env.HALLPASS_JWT_TIMEOUT_MS,
  };
}
