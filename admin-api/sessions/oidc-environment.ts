import { z } from 'zod';
import { roleSchema } from '../../core/access/role.ts';
import { ConfigError } from '../../core/process/read-config.ts';
import { oidcConfigSchema, type OidcConfig } from './oidc-config.ts';

const flag = z.enum(['true', 'false']).default('false');
const { shape } = oidcConfigSchema;

/** `{"okta-admins":"admin"}` */
const roleMapping = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'must be JSON, like {"okta-admins":"admin"}' });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string().min(1), roleSchema));

/** The settings of the OpenID provider that people sign in with, as environment variables. */
export const oidcEnvironment = {
  HALLPASS_OIDC_ISSUER: shape.issuer.optional().describe('OpenID provider of the console'),
  HALLPASS_OIDC_CLIENT_ID: shape.client_id.optional(),
  HALLPASS_OIDC_CLIENT_SECRET: shape.client_secret,
  HALLPASS_OIDC_SCOPE: shape.scope,
  HALLPASS_OIDC_GROUPS_CLAIM: z.string().min(1).optional(),
  HALLPASS_OIDC_ROLE_CLAIM: z.string().min(1).optional(),
  HALLPASS_OIDC_ROLE_MAPPING: roleMapping.optional(),
  HALLPASS_OIDC_DEFAULT_ROLE: shape.default_role,
  HALLPASS_OIDC_ALLOW_OWNER: flag,
  HALLPASS_OIDC_CREATE_PEOPLE: flag,
  HALLPASS_OIDC_PROVIDER_SIGN_OUT: z.enum(['true', 'false']).default('true'),
};

export type OidcEnvironment = z.output<z.ZodObject<typeof oidcEnvironment>>;

/** Null: nobody signs in with an OpenID provider. @throws ConfigError when the mapping would hand out ownership unasked */
export function oidcConfigOf(env: OidcEnvironment): OidcConfig | null {
  const { HALLPASS_OIDC_ISSUER: issuer, HALLPASS_OIDC_CLIENT_ID: clientId } = env;
  if (issuer === undefined || clientId === undefined) return null;
  const mapping = env.HALLPASS_OIDC_ROLE_MAPPING;
  const allowOwner = env.HALLPASS_OIDC_ALLOW_OWNER === 'true';
  if (!allowOwner && mapping !== undefined && Object.values(mapping).includes('owner')) {
    throw new ConfigError('the environment', [
      'HALLPASS_OIDC_ROLE_MAPPING: names the role owner; set HALLPASS_OIDC_ALLOW_OWNER=true if the provider may decide who that is',
    ]);
  }
  return oidcConfigSchema.parse({
    issuer,
    client_id: clientId,
    client_secret: env.HALLPASS_OIDC_CLIENT_SECRET,
    scope: env.HALLPASS_OIDC_SCOPE,
    groups_claim: env.HALLPASS_OIDC_GROUPS_CLAIM,
    role_claim: env.HALLPASS_OIDC_ROLE_CLAIM,
    role_mapping: mapping,
    default_role: env.HALLPASS_OIDC_DEFAULT_ROLE,
    create_people: env.HALLPASS_OIDC_CREATE_PEOPLE === 'true',
    provider_sign_out: env.HALLPASS_OIDC_PROVIDER_SIGN_OUT === 'true',
  });
}
