import { z } from 'zod';
import { roleSchema } from '../../core/access/role.ts';

/** An OpenID provider to sign people in with. */
export const oidcConfigSchema = z.strictObject({
  /** Exactly as the provider's metadata spells it. */
  issuer: z.url({ protocol: /^https?$/ }).refine(isSafeIssuer, 'must be https, except on this very machine'),
  client_id: z.string().min(1),
  /** Left out for a public client; PKCE is used either way. */
  client_secret: z.string().min(1).optional(),
  scope: z
    .string()
    .default('openid email profile')
    .refine((scope) => scope.split(' ').includes('openid'), 'must include openid'),
  /** Where the provider names a person's groups; left out: groups are kept by hand. */
  groups_claim: z.string().min(1).optional(),
  /** What `role_mapping` is looked up by; left out: roles are given by hand. */
  role_claim: z.string().min(1).optional(),
  role_mapping: z.record(z.string().min(1), roleSchema).optional(),
  /** Of people who are created, and of those whose claim the mapping says nothing of. */
  default_role: z.enum(['viewer', 'member']).default('viewer'),
  /** Whether somebody nobody has added is added when they sign in with a verified address. */
  create_people: z.boolean().default(false),
  /** Whether signing out here leads to the provider's own sign-out, where it has one. */
  provider_sign_out: z.boolean().default(true),
  /** For each call to the provider. */
  timeout_ms: z.int().min(1_000).max(60_000).default(10_000),
});
export type OidcConfig = z.infer<typeof oidcConfigSchema>;

function isSafeIssuer(issuer: string): boolean {
  const { protocol, hostname } = new URL(issuer);
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}
