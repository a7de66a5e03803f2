import type { Answer } from '../../core/process/problem-answer.ts';
import { denialKind } from '../gate/denial-kind.ts';
import type { Admission, Denial } from '../gate/verdict.ts';
import type { HeaderList } from '../identity/header-list.ts';
import { isStripped } from '../identity/strip-headers.ts';
import { OVERWRITE_IF_EXISTS_OR_ADD, type CheckResponse, type HeaderValueOption } from './ext-authz-contract.ts';
import { headersForUpstream } from './external-answer.ts';

/** Envoy's own words on the way to the upstream, set by it whatever the client sent. */
const OF_ENVOY = /^(?:x-envoy-|x-forwarded-(?:for|proto|port|client-cert)$|via$)/;

const PERMISSION_DENIED = 7;
const INTERNAL = 13;

/** @param clientHeaders names in lower case */
export function okResponse(admission: Admission, clientHeaders: readonly string[]): CheckResponse {
  const kept = headersForUpstream(admission);
  const { decision, subject, standing } = admission;
  return {
    status: { code: 0 },
    ok_response: {
      headers: options(kept),
      headers_to_remove: [...new Set(clientHeaders)].filter((name) => {
        return kept[name] === undefined && mustGo(name, admission.headers);
      }),
    },
    dynamic_metadata: metadata({
      evaluation_id: decision.evaluation_id,
      reason: decision.reason,
      subject: subject.id,
      resource: standing.resourceKey,
      action: standing.action.name,
    }),
  };
}

/** @param answer what the proxy itself would answer, with a status that is no 2xx */
export function deniedResponse(denial: Denial, answer: Answer): CheckResponse {
  const { reason, evaluation_id } = denial.decision;
  return {
    status: { code: denialKind(reason).grpcStatus, message: reason },
    denied_response: { status: { code: answer.status }, headers: options(answer.headers), body: answer.body },
    dynamic_metadata: metadata({
      evaluation_id,
      reason,
      ...(denial.subject === null ? {} : { subject: denial.subject.id }),
      ...(denial.resource === null ? {} : { resource: `${denial.resource.type}:${denial.resource.id}` }),
      ...(denial.action === null ? {} : { action: denial.action }),
    }),
  };
}

/** A no that is no decision. It is a whole answer and no gRPC error, because Envoy lets errors pass where it is told to. */
export function refusedResponse(answer: Answer): CheckResponse {
  return {
    status: { code: answer.status >= 500 ? INTERNAL : PERMISSION_DENIED },
    denied_response: { status: { code: answer.status }, headers: options(answer.headers), body: answer.body },
  };
}

/** What the proxy itself would not send on ends here too: the identity token, and what a client says about itself (law 12). */
function mustGo(name: string, sentOn: HeaderList): boolean {
  return !OF_ENVOY.test(name) && (isStripped(name) || !sentOn.has(name));
}

function options(headers: Readonly<Record<string, string>>): HeaderValueOption[] {
  return Object.entries(headers).map(([key, value]) => ({
    header: { key, value },
    append_action: OVERWRITE_IF_EXISTS_OR_ADD,
  }));
}

function metadata(values: Readonly<Record<string, string>>): NonNullable<CheckResponse['dynamic_metadata']> {
  return { fields: Object.fromEntries(Object.entries(values).map(([name, text]) => [name, { string_value: text }])) };
}
