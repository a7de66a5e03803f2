import type { DenyReason } from '../../core/access/reason-code.ts';
import type { Resource } from '../../core/access/resource.ts';
import type { Subject } from '../../core/access/subject.ts';
import type { RequestContext } from '../../core/decision/decision-input.ts';
import type { Decision } from '../../core/decision/decision.ts';
import { isCrossSite } from '../identity/cross-site.ts';
import type { Assertions } from '../identity/assertions.ts';
import type { Identification, Identified } from '../identity/identification.ts';
import type { Identities } from '../identity/identities.ts';
import { nominatedBy } from '../identity/strip-headers.ts';
import type { Bench } from '../../core/authzen/bench.ts';
import type { Judge } from './judge.ts';
import { readTarget } from './normal-path.ts';
import { Permit } from './permit.ts';
import { Permits } from './permits.ts';
import type { RequestHead } from './request-head.ts';
import { refusalOf } from './request-refusal.ts';
import { hostNameOf, protocolOf, upstreamTarget, type Route, type RouteTable } from './route-table.ts';
import { upstreamHeaders } from './upstream-headers.ts';
import type { Admission, Denial, Verdict } from './verdict.ts';

export interface GateSettings {
  readonly publicUrl: string;
  readonly consoleUrl: string;
  readonly identityCookie: string | null;
  /** Lower-case name of the header with an authenticating proxy's assertion. */
  readonly identityHeader: string | null;
  /** null: upstreams are told nothing that is signed. */
  readonly assertions: Assertions | null;
  readonly maxHeaderCount: number;
  readonly cutsWhenCredentialEnds: boolean;
  /** Kept for requests of the same kind, at the most; 0: none. */
  readonly maxPermits: number;
}

/** A request that was read and found unambiguous, before anybody knows whose it is. */
interface Reading {
  readonly request: RequestHead;
  readonly upgrade: boolean;
  readonly path: string;
  readonly query: string;
  readonly host: string | null;
  readonly nominated: ReadonlySet<string> | null;
  readonly afterRevision: number;
  /** Absolute, for GET and HEAD. */
  readonly returnTo: string | null;
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * The one way in, for requests and upgrades alike: read -> identify -> route -> decide.
 *
 * The order is what keeps secrets: without an identity every path answers 401, and with one an unknown route, an unknown
 * resource and a hidden one that is denied answer the same 404. So nobody learns from an answer what exists.
 */
export class Gate {
  readonly #settings: GateSettings;
  readonly #routes: RouteTable;
  readonly #identities: Identities;
  readonly #judge: Judge;
  readonly #ownOrigins: ReadonlySet<string>;
  readonly #permits: Permits;

  constructor(settings: GateSettings, routes: RouteTable, identities: Identities, judge: Judge) {
    this.#settings = settings;
    this.#routes = routes;
    this.#identities = identities;
    this.#judge = judge;
    this.#ownOrigins = new Set([settings.publicUrl, new URL(settings.consoleUrl).origin]);
    this.#permits = new Permits(settings.maxPermits);
  }

  /** At once whenever the credentials were verified before; nothing else here waits. */
  judge(request: RequestHead, upgrade: boolean): Verdict | Promise<Verdict> {
    const { rawHeaders } = request;
    const nominated = nominatedBy(rawHeaders);
    const refusal = refusalOf(request, upgrade, nominated, this.#settings.maxHeaderCount);
    if (refusal !== null) return this.#deny('request-refused', { detail: refusal });
    const target = readTarget(request.url ?? '');
    if (target.refused !== null) return this.#deny('path-refused', { detail: target.refused });
    const host = hostNameOf(request.headers.host);
    const reading: Reading = {
      request,
      upgrade,
      path: target.path,
      query: target.query,
      host,
      nominated,
      afterRevision: readRevision(request.headers['hallpass-after-revision']),
      returnTo:
        !upgrade && (request.method === 'GET' || request.method === 'HEAD')
          ? `${this.#settings.publicUrl}${target.path}${target.query}`
          : null,
    };
    const identification = this.#identities.identify(request);
    if (identification instanceof Promise) return identification.then((late) => this.#afterIdentity(reading, late));
    return this.#afterIdentity(reading, identification);
  }

  #afterIdentity(reading: Reading, identity: Identification): Verdict {
    if (!identity.ok) return this.#deny(identity.reason, { returnTo: reading.returnTo });
    if (identity.isAmbient && mayChange(reading) && isCrossSite(reading.request.headers, this.#ownOrigins)) {
      return this.#deny('request-refused', { detail: 'another site sent it with what the browser sends to this one' });
    }
    const bench = this.#judge.sit();
    if (typeof bench === 'string') return this.#deny(bench, { returnTo: reading.returnTo });
    const route = this.#routes.find(reading.host, reading.path);
    return this.#repeat(reading, identity, bench, route) ?? this.#decide(reading, identity, bench, route);
  }

  /** Where the same was allowed before, and nothing that led to it has changed. What is not certain is decided anew. */
  #repeat(reading: Reading, identity: Identified, bench: Bench, route: Route | null): Admission | null {
    if (route === null || reading.upgrade) return null;
    const action = route.actions.get(reading.request.method ?? 'GET');
    const permit = action === undefined ? null : this.#permits.find(identity.sub, route, action);
    if (permit === null || permit.answer === null || permit.factsVersion !== bench.facts.version) return null;
    const decision = this.#judge.repeat(bench, permit.answer);
    return decision === null ? null : this.#admit(reading, identity, permit, decision, contextOf(reading), null);
  }

  #decide(reading: Reading, identity: Identified, bench: Bench, route: Route | null): Verdict {
    const { facts } = bench;
    const subject = facts.subjectBySub(identity.sub);
    if (subject === undefined) return this.#deny('subject-unknown', { reading });
    if (subject.disabled) return this.#deny('subject-disabled', { reading, subject });
    if (route === null) return this.#deny('route-unknown', { reading, subject });
    const resource = facts.resource(route.resourceKey);
    if (resource === undefined) return this.#deny('resource-unknown', { reading, subject, route });
    const { request, upgrade } = reading;
    const method = request.method ?? 'GET';
    const protocol = upgrade ? route.upgrades.get(protocolOf(request.headers) ?? '') : null;
    let action = route.actions.get(method);
    if (upgrade) {
      const { upgradeAction: name } = route;
      action = name === null || protocol === undefined ? undefined : { name, method };
    }
    if (action === undefined) return this.#deny('action-not-permitted', { reading, subject, route, resource });
    const context = contextOf(reading);
    const { decision, answer } = this.#judge.decideToKeep(bench, { subject, resource, action, context });
    if (!decision.allow) return this.#denyBy(decision, { reading, subject, route, resource, action: action.name });
    const { publicUrl } = this.#settings;
    const permit = new Permit({ subject, resource, route, action, decision, answer, facts, publicUrl });
    if (answer !== null && !upgrade) this.#permits.keep(identity.sub, permit);
    return this.#admit(reading, identity, permit, decision, context, protocol ?? null);
  }

  /** @param protocol what the connection is to become; null: an ordinary request */
  #admit(
    reading: Reading,
    identity: Identified,
    permit: Permit,
    decision: Decision,
    context: RequestContext,
    protocol: string | null,
  ): Admission {
    const { subject, resource, route, action } = permit;
    const { identityCookie, identityHeader, assertions, cutsWhenCredentialEnds } = this.#settings;
    return {
      allowed: true,
      decision,
      subject,
      resource,
      route,
      standing: { subjectId: subject.id, resourceKey: route.resourceKey, action, context },
      identityEndsAt: cutsWhenCredentialEnds ? identity.endsAtMs : null,
      target: upstreamTarget(route, reading.path, reading.query),
      headers: upstreamHeaders({
        request: reading.request,
        protocol,
        nominated: reading.nominated,
        permit,
        evaluationId: decision.evaluation_id,
        assertion: permit.assertion(assertions, decision.evaluated_at),
        identityCookie,
        identityHeader,
      }),
    };
  }

  #deny(reason: DenyReason, known: Known): Denial {
    return this.#denyBy(this.#judge.refuse(reason), known);
  }

  #denyBy(decision: Decision, known: Known): Denial {
    const { reading, subject, route, resource } = known;
    const isBehind = reading !== undefined && reading.afterRevision > this.#judge.factsRevision;
    const isHidden = resource?.discoverable === 'none' || decision.reason === 'resource-unknown';
    let shown = decision;
    // Whoever is ahead of this replica may be let in by what is on its way. It never lets anybody in by itself.
    if (isBehind) shown = { ...decision, reason: 'grant-pending', request: null };
    else if (isHidden) shown = { ...decision, reason: 'route-unknown', request: null };
    const isVisible = resource !== undefined && !isHidden && !isBehind;
    return {
      allowed: false,
      decision: shown,
      subject: subject ?? null,
      resource: isVisible ? resource : null,
      action: isVisible ? (known.action ?? null) : null,
      returnTo: this.#returnTo(reading?.returnTo ?? known.returnTo ?? null, route),
      loggedResource: route?.resourceKey ?? null,
      loggedReason: isBehind ? 'grant-pending' : decision.reason,
      detail: known.detail ?? null,
    };
  }

  /** Routes of other hosts are reached at those: the configured name, never the Host header. */
  #returnTo(url: string | null, route: Route | undefined): string | null {
    if (url === null || route === undefined || route.host === null) return url;
    const own = new URL(url);
    own.hostname = route.host;
    return own.toString();
  }
}

function contextOf({ path, host, request }: Reading): RequestContext {
  return { path, host, source_ip: request.socket.remoteAddress ?? null };
}

interface Known {
  readonly reading?: Reading;
  readonly subject?: Subject;
  readonly route?: Route;
  readonly resource?: Resource;
  readonly action?: string;
  readonly returnTo?: string | null;
  readonly detail?: string;
}

function mayChange({ request, upgrade }: Reading): boolean {
  return upgrade || !SAFE_METHODS.has(request.method ?? '');
}

/** `Hallpass-After-Revision`; anything but one whole number is as good as none. */
function readRevision(header: string | string[] | undefined): number {
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : 0;
}
