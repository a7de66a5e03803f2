import { z } from 'zod';
import { DEFAULT_JWT_ALGORITHMS, JWT_ALGORITHMS } from '../../core/process/jwt-algorithms.ts';
import { file, httpUrl, oneOrMore, positiveMilliseconds } from '../setting-values.ts';
import { isUsableIdentityHeader } from './identity-header.ts';
import { mtlsSchema } from './tls-config.ts';

/**
 * `identity` of the sidecar's configuration: the ways in which a caller can say who they are. What is not configured is
 * no identity (docs/identity.md).
 */

const issuerFields = {
  /** Compared as it stands with the `iss` of a token. */
  issuer: z.string().min(1),
  /** One of them must be in the token's `aud`. */
  audience: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  clock_tolerance_seconds: z.int().min(0).max(60).default(5),
};

const algorithms = z
  .array(z.enum(JWT_ALGORITHMS))
  .min(1)
  .default([...DEFAULT_JWT_ALGORITHMS]);

const peopleFields = {
  /** Put before the token's `sub`. Issuers with the same prefix vouch for the same people. */
  subject_prefix: z.string().max(100).optional(),
  /** May name workloads: subjects that begin with `spiffe://` or `system:serviceaccount:`. */
  workloads: z.boolean().default(false),
};

const jwtSchema = z.strictObject({
  jwks_url: httpUrl,
  ...issuerFields,
  algorithms,
  /** Browsers may carry the same token in this cookie; left out: the Authorization header only. */
  cookie: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be letters, digits, dashes or underscores')
    .optional(),
  ...peopleFields,
});
export type JwtConfig = z.infer<typeof jwtSchema>;

const proxyHeaderSchema = z.strictObject({
  /** The header in which an authenticating proxy in front sends its own signed JWT. */
  header: z
    .string()
    .transform((name) => name.toLowerCase())
    .refine(isUsableIdentityHeader, {
      message: 'must be a header of its own, in letters, digits and dashes, such as x-pomerium-jwt-assertion',
    }),
  jwks_url: httpUrl,
  ...issuerFields,
  algorithms,
  ...peopleFields,
});
export type ProxyHeaderConfig = z.infer<typeof proxyHeaderSchema>;

const POD_FILES = '/var/run/secrets/kubernetes.io/serviceaccount';

const kubernetesSchema = z.strictObject({
  ...issuerFields,
  algorithms,
  /** Of the API server, from the sidecar's pod. */
  api_url: httpUrl.default('https://kubernetes.default.svc'),
  ca_file: file.default(`${POD_FILES}/ca.crt`),
  /** The pod's own token, for asking the API server. */
  token_file: file.default(`${POD_FILES}/token`),
  /** Asks the cluster whether a token still stands; left out: it stands until it ends. */
  token_review: z
    .strictObject({
      /** How long an answer is believed, and so how long a token outlives its pod. */
      cache_ms: positiveMilliseconds.default(10_000),
      timeout_ms: positiveMilliseconds.default(2_000),
    })
    .optional(),
  /** Put before `system:serviceaccount:…`, where there are several clusters. */
  subject_prefix: z.string().max(100).optional(),
});
export type KubernetesConfig = z.infer<typeof kubernetesSchema>;

const waysSchema = z.strictObject({
  /** Client certificates; needs `proxy.tls`. */
  mtls: mtlsSchema.optional(),
  /** Bearer tokens of one issuer or of several. */
  jwt: oneOrMore(jwtSchema, 100).optional(),
  /** Bearer tokens of the service accounts of one cluster or of several. */
  kubernetes: oneOrMore(kubernetesSchema, 10).optional(),
  proxy_header: proxyHeaderSchema.optional(),
  /** Whether what is open is cut when the token or certificate ends that it was opened with; else its grants alone decide. */
  cut_when_credential_ends: z.boolean().default(false),
});
export type IdentityConfig = z.output<typeof waysSchema>;

export const identitySchema = waysSchema
  .superRefine(refuseEmpty)
  .superRefine(refuseTwinIssuers)
  .superRefine(refuseUnnamedPrefixes);

/** `identity.jwt` as a list. */
export function jwtIssuers(config: Pick<IdentityConfig, 'jwt'>): readonly JwtConfig[] {
  const { jwt } = config;
  if (jwt === undefined) return [];
  return Array.isArray(jwt) ? jwt : [jwt];
}

/** `identity.kubernetes` as a list. */
export function clusters(config: Pick<IdentityConfig, 'kubernetes'>): readonly KubernetesConfig[] {
  const { kubernetes } = config;
  if (kubernetes === undefined) return [];
  return Array.isArray(kubernetes) ? kubernetes : [kubernetes];
}

/** The one cookie that carries an identity; null: none does. */
export function identityCookieOf(config: Pick<IdentityConfig, 'jwt'>): string | null {
  return jwtIssuers(config).find((issuer) => issuer.cookie !== undefined)?.cookie ?? null;
}

function refuseEmpty({ mtls, jwt, kubernetes, proxy_header }: IdentityConfig, context: z.RefinementCtx): void {
  if ([mtls, jwt, kubernetes, proxy_header].some((way) => way !== undefined)) return;
  context.addIssue({ code: 'custom', message: 'must name at least one way to say who calls, such as jwt' });
}

/** A token says by its `iss` whose it is, and by its cookie too: neither may mean two things. */
function refuseTwinIssuers(config: IdentityConfig, context: z.RefinementCtx): void {
  const seen = new Set<string>();
  let hasCookie = false;
  const refuse = (path: PropertyKey[], message: string): void => context.addIssue({ code: 'custom', path, message });
  for (const { path, issuer, cookie } of bearerIssuers(config)) {
    if (seen.has(issuer)) refuse([...path, 'issuer'], 'is there already; list its audiences in one entry');
    seen.add(issuer);
    if (cookie !== undefined && hasCookie) refuse([...path, 'cookie'], 'only one issuer may have a cookie');
    hasCookie ||= cookie !== undefined;
  }
}

/** One issuer's `sub` may be somebody else at another: whether they are the same people must be said, not guessed. */
function refuseUnnamedPrefixes(config: IdentityConfig, context: z.RefinementCtx): void {
  const all = bearerIssuers(config);
  const people = all.filter(({ path }) => path[0] === 'jwt');
  if (config.proxy_header !== undefined) {
    people.push({ path: ['proxy_header'], issuer: '', prefix: config.proxy_header.subject_prefix });
  }
  const accounts = all.filter(({ path }) => path[0] === 'kubernetes');
  for (const named of [people, accounts]) {
    if (named.length < 2) continue;
    for (const { path, prefix } of named) {
      if (prefix !== undefined) continue;
      context.addIssue({
        code: 'custom',
        path: [...path, 'subject_prefix'],
        message:
          "must be set where there are several issuers; those with the same one, such as '', name the same people",
      });
    }
  }
}

interface BearerIssuer {
  readonly path: PropertyKey[];
  readonly issuer: string;
  readonly prefix: string | undefined;
  readonly cookie?: string | undefined;
}

function bearerIssuers(config: IdentityConfig): BearerIssuer[] {
  const placed = (way: 'jwt' | 'kubernetes', index: number): PropertyKey[] =>
    Array.isArray(config[way]) ? [way, index] : [way];
  return [
    ...jwtIssuers(config).map(({ issuer, subject_prefix: prefix, cookie }, index) => ({
      path: placed('jwt', index),
      issuer,
      prefix,
      cookie,
    })),
    ...clusters(config).map(({ issuer, subject_prefix: prefix }, index) => ({
      path: placed('kubernetes', index),
      issuer,
      prefix,
    })),
  ];
}
