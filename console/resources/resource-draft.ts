import type { Discoverable, ResourceRef, ResourceType } from '../../core/access/resource.ts';
import type { Role } from '../../core/access/role.ts';
import type { Resource, ResourceBody } from '../api/resource.ts';
import { joinAttributes, splitAttributes, type AccessTerms } from './access-terms.ts';
import type { ReadForm } from '../elements/read-form.ts';

/** One Connection of a Target, as it stands in the form. */
export interface ConnectionRow {
  readonly key: string;
  readonly id: string;
  /** Just added. */
  readonly fresh?: boolean;
}

/** A resource as it stands in the form: everything is text until it is read. */
export interface ResourceDraft extends Record<string, unknown> {
  readonly type: ResourceType;
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly environment: string;
  readonly connections: readonly ConnectionRow[];
  readonly minimumRole: Role;
  readonly discoverable: Discoverable;
  readonly terms: AccessTerms;
  /** All other attributes, as a JSON object. */
  readonly attributes: string;
}

export const EMPTY_RESOURCE: ResourceDraft = {
  type: 'connection',
  id: '',
  name: '',
  description: '',
  environment: '',
  connections: [],
  minimumRole: 'viewer',
  discoverable: 'full',
  terms: splitAttributes({}).terms,
  attributes: '{}',
};

export function draftOfResource(resource: Resource): ResourceDraft {
  const { terms, rest } = splitAttributes(resource.attributes ?? {});
  return {
    type: resource.type,
    id: resource.id,
    name: resource.name,
    description: resource.description ?? '',
    environment: resource.environment ?? '',
    connections: (resource.connections ?? []).map((id) => ({ key: id, id })),
    minimumRole: resource.minimum_role ?? 'viewer',
    discoverable: resource.discoverable ?? 'full',
    terms,
    attributes: JSON.stringify(rest, null, 2),
  };
}

export type ReadResource = ReadForm<{ readonly ref: ResourceRef; readonly body: ResourceBody }>;

/** What to send, or what is missing, by field. What a type does not have is not sent; the server knows all other rules. */
export function readResourceDraft(draft: ResourceDraft): ReadResource {
  const rest = readAttributes(draft.attributes);
  const joined = joinAttributes(draft.terms, rest ?? {});
  const errors = {
    ...(draft.id.trim() === '' && { id: 'Say by which id policies and addresses call it.' }),
    ...(draft.name.trim() === '' && { name: 'Say what people call it.' }),
    ...(!joined.ok && joined.errors),
    ...(rest === null && { attributes: 'Write a JSON object, such as {"tier": "gold"}, or {} for none.' }),
  };
  if (!joined.ok || Object.keys(errors).length > 0) return { ok: false, errors };
  const environment = draft.environment.trim();
  return {
    ok: true,
    ref: { type: draft.type, id: draft.id.trim() },
    body: {
      name: draft.name.trim(),
      description: draft.description.trim(),
      environment: draft.type === 'connection' && environment !== '' ? environment : null,
      connections: draft.type === 'target' ? draft.connections.map(({ id }) => id.trim()) : [],
      minimum_role: draft.minimumRole,
      discoverable: draft.discoverable,
      attributes: joined.attributes,
    },
  };
}

function readAttributes(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text.trim() === '' ? '{}' : text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
