import { z } from 'zod';
import { ACCESS_REQUEST_VERSIONS } from '../../../core/decision/access-request-profile.ts';

const known = ACCESS_REQUEST_VERSIONS.join(', ');

const versions = z
  .string()
  .default(ACCESS_REQUEST_VERSIONS[0])
  .transform((text, context) => {
    const named = text.split(',').map((name) => name.trim());
    if (named.length === 1 && named[0] === 'off') return [];
    const parsed = z.array(z.enum(ACCESS_REQUEST_VERSIONS)).min(1).safeParse(named);
    if (parsed.success) return parsed.data;
    context.addIssue({ code: 'custom', message: `must name versions that are known (${known}), or be off` });
    return z.NEVER;
  });

/** Settings of the Access Request and Approval Profile, as environment variables. */
export const taskEnvironment = {
  HALLPASS_ARAP_VERSIONS: versions.describe('versions of the profile that are served'),
  HALLPASS_TASK_RETENTION_MS: z.coerce.number().int().min(1_000).max(31_536_000_000).default(604_800_000),
  HALLPASS_TASK_POLL_SECONDS: z.coerce.number().int().min(1).max(60).default(5),
  HALLPASS_TASK_RATE_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(60),
  HALLPASS_TASK_APPROVAL_MAX_MS: z.coerce.number().int().min(1_000).max(315_360_000_000).default(2_592_000_000),
};

const schema = z.object(taskEnvironment);

export interface AccessTaskSettings {
  /** Empty: the profile is off. */
  readonly versions: readonly string[];
  readonly retentionMs: number;
  readonly pollSeconds: number;
  /** Tasks that one caller may open in a minute. */
  readonly ratePerMinute: number;
  readonly approvalMaxMs: number;
}

export function taskSettingsOf(env: z.output<typeof schema>): AccessTaskSettings {
  return {
    versions: env.HALLPASS_ARAP_VERSIONS,
    retentionMs: env.HALLPASS_TASK_RETENTION_MS,
    pollSeconds: env.HALLPASS_TASK_POLL_SECONDS,
    ratePerMinute: env.HALLPASS_TASK_RATE_PER_MINUTE,
    approvalMaxMs: env.HALLPASS_TASK_APPROVAL_MAX_MS,
  };
}
