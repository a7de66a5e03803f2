import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** The entities of a question, as they were written. */
export interface AskedEntities {
  readonly subject: AskedEntity & { readonly id: string };
  readonly resource: AskedEntity & { readonly id: string };
  readonly action: { readonly name: string; readonly properties?: Readonly<Record<string, unknown>> | undefined };
}
interface AskedEntity {
  readonly type: string;
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * `binding_hash` of ARAP draft 1, "Denial Binding Claims": SHA-256 over the RFC 8785 form of the question, in base64url.
 * Without `subject.properties.act`, which a PEP may move to `client.actor`; the context is empty, because no member of it
 * is authorization-relevant (`binding_context_members` is `[]`).
 */
export function bindingHash({ subject, resource, action }: AskedEntities): string {
  const bound = { subject: withoutAct(subject), resource, action, context: {} };
  return createHash('sha256')
    .update(canonicalize(bound) ?? '')
    .digest('base64url');
}

function withoutAct(subject: AskedEntities['subject']): AskedEntities['subject'] {
  if (subject.properties === undefined) return subject;
  const { act: _, ...properties } = subject.properties;
  return { ...subject, properties };
}
