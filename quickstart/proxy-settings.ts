import type { ProxyConfigInput } from '../proxy/config.ts';
import type { DemoUpstream } from './demo-upstreams.ts';
import { DEMO_AUDIENCE } from './demo-tokens.ts';
import { TOKEN_COOKIE } from './quickstart-routes.ts';

/** The sidecar's configuration for the demo, as an operator would write it: one route for each upstream. */
export function proxySettings(options: {
  readonly host: string;
  readonly ports: { readonly proxy: number; readonly decision: number; readonly ops: number };
  readonly adminUrl: string;
  readonly upstreams: readonly DemoUpstream[];
  readonly bundle: string;
}): ProxyConfigInput {
  const { host, ports, adminUrl, upstreams, bundle } = options;
  return {
    public_url: `http://${host}:${ports.proxy}`,
    console_url: adminUrl,
    proxy: { host, port: ports.proxy },
    decision_api: { host, port: ports.decision, resources: ['*'] },
    ops: { host, port: ports.ops },
    control_plane: { url: adminUrl },
    identity: {
      jwt: {
        jwks_url: `${adminUrl}/quickstart/jwks.json`,
        issuer: adminUrl,
        audience: DEMO_AUDIENCE,
        algorithms: ['EdDSA'],
        cookie: TOKEN_COOKIE,
      },
    },
    policy: { bundle },
    // Ctrl-C should not have to wait for an event stream that somebody watches.
    limits: { shutdown_grace_ms: 1_000 },
    routes: upstreams.map(({ resource, url }) => ({
      path: `/${resource.type}s/${resource.id}`,
      resource: `${resource.type}:${resource.id}`,
      upstream: url,
    })),
  };
}
