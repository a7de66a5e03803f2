import { ACCESS_REQUEST_VERSIONS } from '../core/decision/access-request-profile.ts';
import { z } from 'zod';
import { parseResourceKey } from '../core/access/resource.ts';
import { MAX_BUNDLE_BYTES } from '../core/decision/bundle-archive.ts';
import { decisionLogsSchema } from './decision-log/decision-log-settings.ts';
import { externalAuthSchema } from './external-auth/external-auth-settings.ts';
import { readTarget } from './gate/normal-path.ts';
import { policySchema } from './policy/policy-settings.ts';
import { statusSchema } from './status/status-settings.ts';
import { telemetrySchema } from './telemetry/telemetry-config.ts';
import { assertionSchema, routeAssertionSchema } from './identity/assertion-config.ts';
import { identitySchema } from './identity/identity-config.ts';
import { refuseTlsWithoutSense, trafficTlsSchema } from './identity/tls-config.ts';
import { count, httpUrl, milliseconds, originUrl, port, positiveMilliseconds } from './setting-values.ts';

/**
 * The shape of the sidecar's configuration (YAML file named by `HALLPASS_PROXY_CONFIG`; see proxy/example.yaml).
 * Least of all that is needed:
 *
 *   public_url: http://127.0.0.1:8080            where clients reach the proxy
 *   console_url: http://127.0.0.1:4000           where people ask for access; links in denials lead there
 *   control_plane: { url: http://127.0.0.1:4000 }
 *   identity: { jwt: { jwks_url, issuer, audience, cookie?: hallpass_token } }
 *   policy: { bundle: policies/bundle/policy.tar.gz }
 *   routes: [{ path: /connections/aws-production, resource: connection:aws-production, upstream: http://127.0.0.1:5001 }]
 *
 * Everything else has a default below. Secrets are no part of it: see `ProxySecrets`.
 */

const resourceKeyText = z.string().refine((text) => parseResourceKey(text) !== null, {
  message: 'must be a resource such as connection:aws-production',
});

const resourcePattern = z
  .string()
  .refine((text) => text === '*' || /^(connection|target|feature):\*$/.test(text) || parseResourceKey(text) !== null, {
    message: 'must be *, feature:* or a resource such as feature:cost-explorer',
  });

const actionName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z][a-z0-9_-]*$/, 'must be lower-case letters, digits, dashes or underscores');

/** RFC 9110 7.8. */
const upgradeProtocol = z
  .string()
  .max(64)
  .regex(
    /^[\w!#$%&'*+.^`|~-]+(?:\/[\w!#$%&'*+.^`|~-]+)?$/,
    'must be the name of a protocol, such as websocket or SPDY/3.1',
  )
  .refine((name) => !/^(?:h\d|http|tls|ssl)/i.test(name), {
    message: 'must be no form of HTTP or TLS: in it, requests would pass that nobody has judged',
  });

const routeSchema = z.strictObject({
  /** Guards this resource. */
  resource: resourceKeyText,
  /** Prefix of the path, on segment boundaries. The longest one that fits wins; `/` takes what no other takes. */
  path: z
    .string()
    .refine((path) => readTarget(path).refused === null && readTarget(path).path === path && !path.includes('?'), {
      message: 'must be an absolute path in its normal form, such as /connections/aws-production',
    })
    .transform((path) => path.replace(/\/$/, '')),
  /** Exact host name, without port; left out: any. */
  host: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'must be a lower-case host name without port')
    .optional(),
  upstream: httpUrl,
  strip_prefix: z.boolean().default(true),
  /** Sends the client's own Host on; otherwise the upstream sees its own. */
  preserve_host: z.boolean().default(false),
  /** Sends the client's Authorization on, for upstreams that have logins of their own. */
  forward_authorization: z.boolean().default(false),
  /** For whom the signed assertion is: this resource, the upstream's origin, or nobody. */
  assertion: routeAssertionSchema,
  /** What a client may turn its connection into. WebSockets are looked at frame by frame when they are cut, others are bytes. */
  upgrades: z.array(upgradeProtocol).default(['websocket']),
  /** Method (or UPGRADE) to action, over the defaults: GET HEAD OPTIONS read, POST PUT PATCH DELETE write, UPGRADE connect. */
  actions: z.record(z.string().regex(/^[A-Z-]{1,32}$/, 'must be an HTTP method or UPGRADE'), actionName).default({}),
});
export type RouteConfig = z.infer<typeof routeSchema>;

/** Every bound of the data plane (law 15); each is shown by the metric `hallpass_proxy_limit{name}`. */
const limitsSchema = z.strictObject({
  /** Request line and headers together, in bytes. */
  header_bytes: z.int().min(1024).max(1_048_576).default(16_384),
  header_count: count.default(200),
  /** From the first byte of a request to the end of its headers. */
  headers_timeout_ms: positiveMilliseconds.default(10_000),
  /** Silence on a connection in use, in both directions. */
  idle_timeout_ms: milliseconds.default(900_000),
  keep_alive_timeout_ms: positiveMilliseconds.default(60_000),
  connections: count.default(10_000),
  /** Sent on one connection ahead of the answer to the first. They are taken up one by one; more than this close it. */
  pipelined_requests: count.default(100),
  /** To connect to an upstream, TLS included. */
  upstream_connect_timeout_ms: positiveMilliseconds.default(10_000),
  /** From the end of an upload's last byte to the first byte of the upstream's answer. */
  upstream_timeout_ms: positiveMilliseconds.default(60_000),
  /** From one piece of an answer's body to the next; 0: as long as it likes, within `idle_timeout_ms`. */
  upstream_body_timeout_ms: milliseconds.default(900_000),
  /** How long the headers of an upload wait for the first byte of its body, to go out together with it. */
  upload_first_byte_ms: milliseconds.default(25),
  upstream_idle_sockets: count.default(256),
  /** The longest body of a refused request that is read and dropped to keep its connection. */
  refused_body_bytes: z.int().min(0).default(65_536),
  /** What such a body may take after the answer. */
  refused_body_timeout_ms: positiveMilliseconds.default(10_000),
  token_chars: z.int().min(256).max(65_536).default(8_192),
  verified_tokens: count.default(10_000),
  verified_token_ms: positiveMilliseconds.default(600_000),
  /** Answers of the policy kept for the next time the same is asked, where the policy reads nothing of `context`; 0: none. */
  remembered_answers: z.int().min(0).max(10_000_000).default(20_000),
  jwks_timeout_ms: positiveMilliseconds.default(5_000),
  /** Between two fetches for unknown keys. */
  jwks_cooldown_ms: milliseconds.default(10_000),
  /** Between two tries of a fetch that failed; never longer than the cooldown. */
  jwks_retry_ms: milliseconds.default(1_000),
  jwks_max_age_ms: positiveMilliseconds.default(600_000),
  jwks_bytes: z.int().min(1024).max(16_777_216).default(262_144),
  decision_body_bytes: z.int().min(1024).max(16_777_216).default(65_536),
  /** Objects and lists in each other. */
  decision_json_depth: z.int().min(8).max(1_000).default(32),
  /** Of one question to the decision API: its context and properties as JSON. */
  decision_context_chars: z.int().min(256).max(1_048_576).default(8_192),
  /** In one request to the decision API. */
  decision_evaluations: z.int().min(1).max(10_000).default(100),
  /** Put to the policy for one page of a search, at the most. */
  decision_search_candidates: z.int().min(1).max(100_000).default(1_000),
  /** On one page of a search, at the most, whatever `page.limit` says. */
  decision_search_results: z.int().min(1).max(100_000).default(100),
  /** Of a policy bundle as it is fetched; unpacked it may be 64 MB. */
  policy_bundle_bytes: z.int().min(1024).max(MAX_BUNDLE_BYTES).default(MAX_BUNDLE_BYTES),
  /** To the first byte of a bundle server's answer, and between two pieces of it. */
  policy_request_timeout_ms: positiveMilliseconds.default(10_000),
  /** For a whole bundle. */
  policy_download_timeout_ms: positiveMilliseconds.default(60_000),
  /** The longest another proxy waits for an answer while a token is verified. */
  external_auth_timeout_ms: positiveMilliseconds.default(3_000),
  /** How long nginx may take to come back for the page of a denial. */
  external_auth_denial_ms: positiveMilliseconds.default(30_000),
  /** Of one question by Envoy over gRPC. */
  external_auth_message_bytes: z.int().min(1024).max(16_777_216).default(65_536),
  /** Questions at once on one gRPC connection. */
  external_auth_streams: z.int().min(1).max(1_000_000).default(1_000),
  feed_reconnect_min_ms: positiveMilliseconds.default(100),
  feed_reconnect_max_ms: positiveMilliseconds.default(5_000),
  feed_request_timeout_ms: positiveMilliseconds.default(10_000),
  /** Heartbeats that may be missed before the feed's connection counts as dead. */
  feed_missed_heartbeats: z.int().min(1).max(100).default(3),
  /** How far this machine's clock may be from the control plane's before that is a warning; and until that is heard, what counts against a grant. */
  clock_skew_ms: milliseconds.default(5_000),
  /** How often the control plane is asked what time it is, besides what it says by itself. */
  clock_check_ms: positiveMilliseconds.default(60_000),
  /** When the wall clock ran ahead, how long facts are trusted until the control plane has said how much time has passed. */
  clock_settle_ms: milliseconds.default(1_000),
  /** The longest the event loop is held at a stretch by a snapshot or by judging live connections again. */
  slice_ms: positiveMilliseconds.default(2),
  /** Spans that wait for the collector; further ones are dropped. */
  trace_queue_spans: count.default(2_048),
  trace_batch_spans: count.default(512),
  trace_export_delay_ms: positiveMilliseconds.default(5_000),
  trace_export_timeout_ms: positiveMilliseconds.default(10_000),
  /** Log lines that nobody has read yet; beyond that they are dropped, and counted. */
  log_unread_bytes: z.int().min(65_536).max(1_073_741_824).default(16_777_216),
  /** What is in flight at a stop gets this long to finish. */
  shutdown_grace_ms: milliseconds.default(5_000),
  worker_restart_min_ms: positiveMilliseconds.default(100),
  worker_restart_max_ms: positiveMilliseconds.default(5_000),
  /** A worker that says nothing for so long is stuck: it is ended, and another takes its place. */
  worker_silence_ms: positiveMilliseconds.default(15_000),
  /** Facts on their way to a worker; with more it does not keep up and is replaced. */
  worker_waiting_facts: count.default(100_000),
});
export type ProxyLimits = z.infer<typeof limitsSchema>;

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const settingsSchema = z.strictObject({
  public_url: originUrl,
  console_url: httpUrl,
  proxy: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: port.default(8080),
      /** Processes that carry the traffic, for as many cores. 1: this one does. */
      workers: z.int().min(1).max(64).default(1),
      tls: trafficTlsSchema.optional(),
    })
    .prefault({}),
  decision_api: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: port.default(8181),
      /** PEM files; left out: plain HTTP, for apps on the same host or behind whatever ends TLS. Read at the start. */
      tls: z.strictObject({ certificate: z.string().min(1), key: z.string().min(1) }).optional(),
      /** Where apps reach it, for its metadata document; left out: http(s)://<host>:<port>. */
      public_url: originUrl.optional(),
      /** What apps may ask about, besides the resources of the routes. */
      resources: z.array(resourcePattern).default(['feature:*']),
      /** The version of the Access Request and Approval Profile that denials and re-evaluations speak (docs/arap.md). */
      access_requests: z
        .enum([...ACCESS_REQUEST_VERSIONS, 'off'], {
          error: `must be one of ${ACCESS_REQUEST_VERSIONS.join(', ')}, or off`,
        })
        .default(ACCESS_REQUEST_VERSIONS[0]),
      /** What a search for actions asks about: the names that Hallpass and the apps have for what can be done. */
      actions: z.array(z.string().min(1).max(64)).max(100).default(['read', 'write', 'connect', 'admin']),
    })
    .prefault({}),
  external_auth: externalAuthSchema.optional(),
  ops: z.strictObject({ host: z.string().default('127.0.0.1'), port: port.default(9090) }).prefault({}),
  control_plane: z.strictObject({ url: httpUrl }),
  identity: identitySchema,
  assertion: assertionSchema,
  policy: policySchema,
  /** Decisions as OPA logs them; left out: the sidecar's own log only. */
  decision_logs: decisionLogsSchema.optional(),
  /** Status as OPA reports it; left out: nobody is told. */
  status: statusSchema.optional(),
  /** What decision logs and status say of this sidecar, besides its `id` and `version`. */
  labels: z.record(z.string().min(1).max(100), z.string().max(1_000)).default({}),
  facts: z
    .strictObject({
      /** Older facts are not trusted: everything is refused. Also how long a revoked grant can live on a sidecar that is cut off. */
      max_age_ms: positiveMilliseconds.default(60_000),
      /** Keeps a sealed copy here, so that a sidecar can start while the control plane is down; left out: none. One of its own for each sidecar. */
      snapshot_file: z.string().min(1).optional(),
      /** How often what is new is added to it. */
      snapshot_interval_ms: positiveMilliseconds.default(5_000),
    })
    .prefault({}),
  routes: z.array(routeSchema).min(1).superRefine(refuseTwins),
  telemetry: telemetrySchema.prefault({}),
  limits: limitsSchema.prefault({}),
  log_level: z.enum(LOG_LEVELS).default('info'),
});
export const proxyConfigSchema = settingsSchema.superRefine(refuseTlsWithoutSense);
export type ProxyConfig = z.output<typeof proxyConfigSchema>;
export type ProxyConfigInput = z.input<typeof proxyConfigSchema>;

/** From the environment only, never from a file. */
export interface ProxySecrets {
  /** The sidecar's credential for the feed (`HALLPASS_FEED_TOKEN`). */
  readonly feedToken: string;
  /** What callers of the decision API must send (`HALLPASS_DECISION_TOKEN`); null: its port is guarded by the network alone. */
  readonly decisionToken: string | null;
  /** Headers for the collector of traces (`HALLPASS_OTLP_HEADERS`, `name=value,name=value`); left out: none. */
  readonly otlpHeaders?: Readonly<Record<string, string>>;
  /** Bearer tokens for the bundle server, the decision log service and the status service. */
  readonly policyToken?: string | null;
  readonly decisionLogToken?: string | null;
  readonly statusToken?: string | null;
  /** What other proxies must send to ask (`HALLPASS_EXTERNAL_AUTH_TOKEN`); left out: see `askingProblem`. */
  readonly externalAuthToken?: string | null;
}

function refuseTwins(routes: readonly RouteConfig[], context: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const [index, route] of routes.entries()) {
    const key = `${route.host ?? '*'} ${route.path}`;
    if (seen.has(key)) {
      context.addIssue({ code: 'custom', path: [index, 'path'], message: 'is taken by another route already' });
    }
    seen.add(key);
  }
}

/** What this sidecar asks the feed for: the resources of its routes and what its decision API answers for. */
export function servedPatterns(config: Pick<ProxyConfig, 'routes' | 'decision_api'>): string[] {
  const patterns = new Set([...config.routes.map((route) => route.resource), ...config.decision_api.resources]);
  return patterns.has('*') ? ['*'] : [...patterns].toSorted();
}
