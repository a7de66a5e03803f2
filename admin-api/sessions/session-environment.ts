import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { sessionLimitsSchema, type SessionLimits } from './session-limits.ts';

const toNumber = (text: unknown) => (text === undefined ? undefined : Number(text));

/** The settings of console sessions, as environment variables. */
export const sessionEnvironment = {
  HALLPASS_SESSION_MAX_AGE_MS: z.preprocess(toNumber, sessionLimitsSchema.shape.max_age_ms),
  HALLPASS_SESSION_IDLE_TIMEOUT_MS: z.preprocess(toNumber, sessionLimitsSchema.shape.idle_timeout_ms),
  HALLPASS_SIGN_IN_REFUSALS_PER_MINUTE: z.preprocess(toNumber, sessionLimitsSchema.shape.refusals_per_minute),
  HALLPASS_TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .refine((parts) => parts.every(isAddressOrNetwork), 'must be addresses or networks, like 10.0.0.0/8,192.0.2.7'),
};

export function sessionLimitsOf(
  env: Readonly<Record<Exclude<keyof typeof sessionEnvironment, 'HALLPASS_TRUSTED_PROXIES'>, number>>,
): SessionLimits {
  return {
    max_age_ms: env.HALLPASS_SESSION_MAX_AGE_MS,
    idle_timeout_ms: env.HALLPASS_SESSION_IDLE_TIMEOUT_MS,
    refusals_per_minute: env.HALLPASS_SIGN_IN_REFUSALS_PER_MINUTE,
  };
}

function isAddressOrNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  try {
    new BlockList().addSubnet(address, /^\d+$/.test(prefix) ? Number(prefix) : -1, version === 4 ? 'ipv4' : 'ipv6');
    return true;
  } catch {
    return false;
  }
}
