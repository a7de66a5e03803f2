import { AccessError } from '../../core/access/errors.ts';
import type { Entitlement } from '../../core/access/grant.ts';
import { resourceKey } from '../../core/access/resource.ts';
import type { CurrentPerson } from '../http/current-person.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';

/** Where a request comes from, as its caller says. */
export interface Cause {
  /** The denial this comes from, vouched for by the sidecar. */
  readonly binding_token?: string | undefined;
  /** What the caller says the denial was, where it must agree with the token. */
  readonly denied?: { readonly action: string; readonly evaluation_id?: string | undefined } | undefined;
  /** The same, as claimed by the browser that followed a link. */
  readonly evaluation_id?: string | undefined;
  readonly action?: string | undefined;
  readonly return_to?: string | undefined;
}

export interface Origin {
  readonly evaluation_id: string | null;
  readonly action: string | null;
  readonly return_to: string | null;
  readonly denial_verified: boolean;
  /** What the sidecar vouches for besides; null where nobody does. */
  readonly denial: { readonly at: string | null; readonly sidecar: string } | null;
  /** Of the profile for programs, where it came that way. */
  readonly task?: { readonly id: string; readonly client: Readonly<Record<string, unknown>> | null };
}

export const NO_ORIGIN: Origin = {
  evaluation_id: null,
  action: null,
  return_to: null,
  denial_verified: false,
  denial: null,
};

/**
 * What is known of the denial, and which of the things asked for it is about.
 * @returns index: of the entitlement it belongs to; the others come from nowhere
 * @throws AccessError `binding-invalid`, `binding-expired`, `invalid-value`
 */
export async function originOf(
  ports: Pick<AccessRequestPorts, 'verifyDenial' | 'mayReturnTo' | 'clock'>,
  caller: CurrentPerson,
  entitlements: readonly Entitlement[],
  cause: Cause,
): Promise<{ readonly origin: Origin; readonly index: number }> {
  if (cause.binding_token !== undefined) {
    const claims = await ports.verifyDenial(cause.binding_token, ports.clock());
    const index = entitlements.findIndex(
      (one) => one.kind !== 'resource' || resourceKey(one.resource) === resourceKey(claims.resource),
    );
    const { denied } = cause;
    const isSameDenial =
      denied === undefined ||
      (denied.action === claims.action.name && (denied.evaluation_id ?? claims.evaluation_id) === claims.evaluation_id);
    if (claims.subject.id !== caller.id || index === -1 || !isSameDenial) {
      throw new AccessError('binding-invalid', 'The binding token is about another person, resource or denial.', {
        field: 'binding_token',
      });
    }
    return {
      index,
      origin: {
        evaluation_id: claims.evaluation_id,
        action: claims.action.name,
        return_to: claims.return_to,
        denial_verified: true,
        denial: { at: claims.denied_at, sidecar: claims.sidecar },
      },
    };
  }
  if (cause.return_to !== undefined && !(await ports.mayReturnTo(cause.return_to))) {
    throw new AccessError('invalid-value', 'return_to must be an address served by a Hallpass sidecar.', {
      field: 'return_to',
    });
  }
  return {
    index: 0,
    origin: {
      evaluation_id: cause.evaluation_id ?? null,
      action: cause.action ?? null,
      return_to: cause.return_to ?? null,
      denial_verified: false,
      denial: null,
    },
  };
}
