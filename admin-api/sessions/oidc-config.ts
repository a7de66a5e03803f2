import { z } from 'zod';

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
  /** For each call to the provider. */
  timeout_ms: z.int().min(1_000).max(60_000).default(10_000),
});
export type OidcConfig = z.infer<typeof oidcConfigSchema>;

function isSafeIssuer(issuer: string): boolean {
  const { protocol, hostname } = new URL(issuer);
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}
