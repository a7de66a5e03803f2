import type { IncomingHttpHeaders } from 'node:http';
import { parseResourceKey, resourceKey, type ResourceKey, type ResourceRef } from '../../core/access/resource.ts';
import type { RouteConfig } from '../config.ts';

/** The pseudo-method of an upgrade in a route's `actions`. */
export const UPGRADE = 'UPGRADE';

const DEFAULT_ACTIONS: Readonly<Record<string, string>> = {
  GET: 'read',
  HEAD: 'read',
  OPTIONS: 'read',
  POST: 'write',
  PUT: 'write',
  PATCH: 'write',
  DELETE: 'write',
  [UPGRADE]: 'connect',
};

export interface Route {
  readonly resource: ResourceRef;
  readonly resourceKey: ResourceKey;
  /** Without a slash at the end; empty for the root. */
  readonly prefix: string;
  readonly host: string | null;
  /** Scheme, host and port. */
  readonly upstreamOrigin: string;
  /** Path of the upstream's URL, without a slash at the end; put before what is sent. */
  readonly upstreamBase: string;
  readonly stripPrefix: boolean;
  readonly preserveHost: boolean;
  readonly forwardAuthorization: boolean;
  /** `aud` of what is asserted to the upstream; null: nothing is. */
  readonly assertionAudience: string | null;
  readonly actions: ReadonlyMap<string, string>;
  /** Protocols in lower case, and as the upstream gets to read them. */
  readonly upgrades: ReadonlyMap<string, string>;
}

/**
 * Which route a normal path belongs to. A route for the very host goes before one for any host; then the longest
 * prefix wins. Prefixes end at segment boundaries, so `/a` never takes `/ab`.
 */
export class RouteTable {
  readonly #byHost = new Map<string, Map<string, Route>>();
  readonly #anyHost = new Map<string, Route>();
  readonly #maxSegments: number;
  /** What any route may be upgraded to, in lower case. */
  readonly upgrades: ReadonlySet<string>;

  constructor(configs: readonly RouteConfig[]) {
    let maxSegments = 0;
    this.upgrades = new Set(configs.flatMap(({ upgrades }) => upgrades.map((name) => name.toLowerCase())));
    for (const config of configs) {
      const route = createRoute(config);
      maxSegments = Math.max(maxSegments, route.prefix.split('/').length - 1);
      if (route.host === null) this.#anyHost.set(route.prefix, route);
      else {
        const table = this.#byHost.get(route.host) ?? new Map<string, Route>();
        this.#byHost.set(route.host, table.set(route.prefix, route));
      }
    }
    this.#maxSegments = maxSegments;
  }

  /** @param host lower case, without port; null when the request named none */
  find(host: string | null, path: string): Route | null {
    const prefixes = this.#prefixesOf(path);
    const own = host === null ? undefined : this.#byHost.get(host);
    for (const table of own === undefined ? [this.#anyHost] : [own, this.#anyHost]) {
      for (const prefix of prefixes) {
        const route = table.get(prefix);
        if (route !== undefined) return route;
      }
    }
    return null;
  }

  /** Longest first, none longer than the longest route. */
  #prefixesOf(path: string): string[] {
    const prefixes = [''];
    let end = 0;
    while (prefixes.length <= this.#maxSegments && end < path.length) {
      const next = path.indexOf('/', end + 1);
      end = next === -1 ? path.length : next;
      prefixes.push(path.slice(0, end));
    }
    return prefixes.toReversed();
  }
}

function createRoute(config: RouteConfig): Route {
  const resource = parseResourceKey(config.resource);
  if (resource === null) throw new Error(`${config.resource} is no resource key`);
  const upstream = new URL(config.upstream);
  return {
    resource,
    resourceKey: resourceKey(resource),
    prefix: config.path,
    host: config.host ?? null,
    upstreamOrigin: upstream.origin,
    upstreamBase: upstream.pathname.replace(/\/$/, ''),
    stripPrefix: config.strip_prefix,
    preserveHost: config.preserve_host,
    forwardAuthorization: config.forward_authorization,
    assertionAudience: { resource: resourceKey(resource), upstream: upstream.origin, off: null }[config.assertion],
    actions: new Map(Object.entries({ ...DEFAULT_ACTIONS, ...config.actions })),
    upgrades: new Map(config.upgrades.map((name) => [name.toLowerCase(), name])),
  };
}

/** The one protocol that a request asks for, in lower case; of several, all of them, which is the name of none. */
export function protocolOf(headers: IncomingHttpHeaders): string | undefined {
  return headers.upgrade?.trim().toLowerCase();
}

/** The target the upstream gets for a normal path; the only place where a path changes. */
export function upstreamTarget(route: Route, path: string, query: string): string {
  const rest = route.stripPrefix ? path.slice(route.prefix.length) : path;
  return `${route.upstreamBase}${rest.startsWith('/') ? rest : `/${rest}`}${query}`;
}

const MAX_PORT = 65_535;
/** RFC 3986 3.2.2: a name, an IPv4 address or an IP literal, and perhaps a port. No percent-encoding, no user. */
const HOST = /^(?:([A-Za-z0-9_~-]+(?:\.[A-Za-z0-9_~-]+)*)\.?|\[[0-9A-Fa-f:.]{2,45}\])(?::(\d{1,5}))?$/;

/**
 * Whether everybody reads the same host out of a Host header. One dot too many, a port that is none or an odd bracket
 * would be another host to us (and so perhaps another route) than to an upstream that gets the header.
 * @param header empty: the request names no host (RFC 9112 3.2)
 */
export function isHost(header: string): boolean {
  if (header === '') return true;
  const match = HOST.exec(header);
  return match !== null && Number(match[2] ?? 0) <= MAX_PORT;
}

/** Host name of a Host header: lower case, without port and without the dot of a full name. Null: an IP literal, or none. */
export function hostNameOf(header: string | undefined): string | null {
  const match = header === undefined ? null : HOST.exec(header);
  if (match === null || Number(match[2] ?? 0) > MAX_PORT) return null;
  return match[1]?.toLowerCase() ?? null;
}
