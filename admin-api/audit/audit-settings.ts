import { z } from 'zod';
import { combineKeys, readPublicKeys, readSigningKey, type AuditKeys } from './audit-keys.ts';

/** Settings of the audit log, as environment variables. */
export const auditEnvironment = {
  HALLPASS_AUDIT_SIGNING_KEY: parsedBy(readSigningKey).optional().describe('signs where the audit log ends'),
  HALLPASS_AUDIT_RETIRED_KEYS: parsedBy(readPublicKeys).optional().describe('public keys that signed before'),
  HALLPASS_AUDIT_HEAD_INTERVAL_MS: z.coerce.number().int().min(1_000).max(86_400_000).default(3_600_000),
};

export interface AuditSettings {
  readonly keys: AuditKeys;
  /** How often the worker writes where the log ends to its own log. */
  readonly headIntervalMs: number;
}

const schema = z.object(auditEnvironment);

export function auditSettingsOf(env: z.output<typeof schema>): AuditSettings {
  return {
    keys: combineKeys(env.HALLPASS_AUDIT_SIGNING_KEY ?? null, env.HALLPASS_AUDIT_RETIRED_KEYS ?? []),
    headIntervalMs: env.HALLPASS_AUDIT_HEAD_INTERVAL_MS,
  };
}

function parsedBy<Value>(read: (text: string) => Value) {
  return z.string().transform((text, context) => {
    try {
      return read(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'is not valid' });
      return z.NEVER;
    }
  });
}
