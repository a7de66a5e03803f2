import { resourceKey } from '../access/resource.ts';
import { ACCESS_REQUEST_PATHS } from './access-request-profile.ts';
import {
  denialTokenExpiry,
  signDenialToken,
  type DenialClaims,
  type DenialSigner,
  type DenialTokenParties,
} from './denial-token.ts';
import type { Decision } from './decision.ts';
import type { Resource } from '../access/resource.ts';
import type { Subject } from '../access/subject.ts';

/** `access_request` of a denial, by the names of ARAP draft 1. */
export interface AccessRequestLink {
  /** For people: the console's form, filled in. */
  readonly form_url: string;
  /** For programs: where to POST the request. */
  readonly endpoint: string;
  readonly binding_token: string;
  /** RFC 3339. */
  readonly expires_at: string;
  /** For programs: what the request has to say, as JSON Schema. */
  readonly request_schema_url: string;
}

export interface DenialFacts {
  readonly decision: Decision;
  readonly subject: Subject;
  readonly resource: Resource;
  readonly action: string;
  readonly returnTo: string | null;
  /** Of the question as an app wrote it. */
  readonly bindingHash?: string;
}

/** Makes the way from a no to a yes. All URLs come from the configuration; none from what the client sent. */
export class AccessRequestLinks {
  readonly #consoleUrl: string;
  readonly #key: DenialSigner;
  readonly #parties: DenialTokenParties;

  constructor(publicUrl: string, consoleUrl: string, key: DenialSigner) {
    this.#consoleUrl = consoleUrl;
    this.#key = key;
    this.#parties = { issuer: publicUrl, audience: consoleUrl };
  }

  /** null when asking would change nothing. */
  async linkFor(facts: DenialFacts): Promise<AccessRequestLink | null> {
    const { decision, subject, resource, action, returnTo } = facts;
    const formUrl = this.#formUrl(facts);
    if (formUrl === null) return null;
    const token = await signDenialToken(
      {
        subject: { type: 'user', id: subject.id },
        resource: { type: resource.type, id: resource.id },
        action: { name: action },
        evaluation_id: decision.evaluation_id,
        reason: decision.reason,
        return_to: returnTo,
        ...askOf(facts),
        ...(facts.bindingHash === undefined ? {} : { binding_hash: facts.bindingHash }),
      },
      this.#key,
      this.#parties,
      decision.evaluated_at,
    );
    return {
      form_url: formUrl,
      endpoint: this.#consoleUrl + ACCESS_REQUEST_PATHS.requests,
      binding_token: token,
      expires_at: denialTokenExpiry(decision.evaluated_at),
      request_schema_url: this.#consoleUrl + ACCESS_REQUEST_PATHS.schema,
    };
  }

  /** Where a person signs in. The way back stands in the fragment, which no server gets to see. */
  signInUrl(returnTo: string | null): string {
    return `${this.#consoleUrl}/go-back${fragment(returnTo)}`;
  }

  #formUrl({ decision, resource, action, returnTo }: DenialFacts): string | null {
    const { request } = decision;
    if (request === null) return null;
    const query = new URLSearchParams();
    const [scope] = request.scopes;
    if (request.resource) query.set('resource', resourceKey(resource));
    else if (request.role !== null) query.set('role', request.role);
    else if (scope !== undefined) query.set('scope', scope);
    else return null;
    query.set('action', action);
    query.set('evaluation_id', decision.evaluation_id);
    // A colon may stand in a query as it is (RFC 3986 3.4), and people read these.
    const text = query.toString().replaceAll('%3A', ':');
    return `${this.#consoleUrl}/access-requests/new?${text}${fragment(returnTo)}`;
  }
}

/** The same choice as the form's. */
function askOf({ decision: { request } }: DenialFacts): Pick<DenialClaims, 'ask'> {
  if (request === null || request.resource) return {};
  if (request.role !== null) return { ask: { kind: 'role', role: request.role } };
  const [scope] = request.scopes;
  return scope === undefined ? {} : { ask: { kind: 'scope', scope_id: scope } };
}

function fragment(returnTo: string | null): string {
  return returnTo === null ? '' : `#return_to=${encodeURIComponent(returnTo)}`;
}
