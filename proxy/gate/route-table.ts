import type { IncomingHttpHeaders } from 'node:http';
import type { Action } from '../../core/decision/decision-input.ts';
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
  /** Host and port, as in a Host header. */
  readonly upstreamHost: string;
  /** Path of the upstream's URL, without a slash at the end; put before what is sent. */
  readonly upstreamBase: string;
  readonly stripPrefix: boolean;
  readonly preserveHost: boolean;
  readonly forwardAuthorization: boolean;
  /** `aud` of what is asserted to the upstream; null: nothing is. */
  readonly assertionAudience: string | null;
  /** What each method does: one and the same object for every request. */
  readonly actions: ReadonlyMap<string, Action>;
  /** What an upgrade does; null: there are none. */
  readonly upgradeAction: string | null;
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
  #maxPrefix = 0;
  /** What any route may be upgraded to, in lower case. */
  readonly upgrades: ReadonlySet<string>;

  constructor(configs: readonly RouteConfig[]) {
    this.upgrades = new Set(configs.flatMap(({ upgrades }) => upgrades.map((name) => name.toLowerCase())));
    for (const config of configs) {
      const route = createRoute(config);
      this.#maxPrefix = Math.max(this.#maxPrefix, route.prefix.length);
      if (route.host === null) this.#anyHost.set(route.prefix, route);
      else {
        const table = this.#byHost.get(route.host) ?? new Map<string, Route>();
        this.#byHost.set(route.host, table.set(route.prefix, route));
      }
    }
  }

  /** @param host lower case, without port; null when the request named none */
  find(host: string | null, path: string): Route | null {
    const own = host === null ? undefined : this.#byHost.get(host);
    return (own === undefined ? null : this.#findIn(own, path)) ?? this.#findIn(this.#anyHost, path);
  }

  /** Segment by segment from the longest that any route has. */
  #findIn(table: ReadonlyMap<string, Route>, path: string): Route | null {
    let end = path.length <= this.#maxPrefix ? path.length : path.lastIndexOf('/', this.#maxPrefix);
    while (end !== -1) {
      const route = table.get(path.slice(0, end));
      if (route !== undefined) return route;
      // The root's prefix is empty.
      end = end === 0 ? -1 : path.lastIndexOf('/', end - 1);
    }
    return null;
  }
}

function createRoute(config: RouteConfig): Route {
  const resource = parseResourceKey(config.resource);
  if (resource === null) throw new Error(`${config.resource} is no resource key`);
  const upstream = new URL(config.upstream);
  const { [UPGRADE]: upgradeAction, ...actions } = { ...DEFAULT_ACTIONS, ...config.actions };
  return {
    resource,
    resourceKey: resourceKey(resource),
    prefix: config.path,
    host: config.host ?? null,
    upstreamOrigin: upstream.origin,
    upstreamHost: upstream.host,
    upstreamBase: upstream.pathname.replace(/\/$/, ''),
    stripPrefix: config.strip_prefix,
    preserveHost: config.preserve_host,
    forwardAuthorization: config.forward_authorization,
    assertionAudience: { resource: resourceKey(resource), upstream: upstream.origin, off: null }[config.assertion],
    actions: new Map(Object.entries(actions).map(([method, name]) => [method, { name, method }])),
    upgradeAction: upgradeAction ?? null,
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

/** Of a Host header: undefined when it names no host that everybody reads the same; null: an IP literal, or none at all. */
type HostName = string | null | undefined;

const REMEMBERED_HOSTS = 1_024;
/** RFC 1035 2.3.4, and a port. */
const MAX_REMEMBERED_CHARS = 262;
const hosts = new Map<string, HostName>();

/**
 * Whether everybody reads the same host out of a Host header. One dot too many, a port that is none or an odd bracket
 * would be another host to us (and so perhaps another route) than to an upstream that gets the header.
 * @param header empty: the request names no host (RFC 9112 3.2)
 */
export function isHost(header: string): boolean {
  return readHost(header) !== undefined;
}

/** Host name of a Host header: lower case, without port and without the dot of a full name. Null: an IP literal, or none. */
export function hostNameOf(header: string | undefined): string | null {
  return header === undefined ? null : (readHost(header) ?? null);
}

/** A sidecar is called by a few names only; clients may make up others, so what is remembered is bounded. */
function readHost(header: string): HostName {
  const known = hosts.get(header);
  if (known !== undefined || hosts.has(header)) return known;
  const name = parseHost(header);
  if (header.length <= MAX_REMEMBERED_CHARS) {
    if (hosts.size >= REMEMBERED_HOSTS) hosts.clear();
    hosts.set(header, name);
  }
  return name;
}

function parseHost(header: string): HostName {
  if (header === '') return null;
  const match = HOST.exec(header);
  if (match === null || Number(match[2] ?? 0) > MAX_PORT) return undefined;
  return match[1]?.toLowerCase() ?? null;
}
