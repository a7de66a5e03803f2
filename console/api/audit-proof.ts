import { getJson, postJson } from './api-client.ts';

/** What one part of a verification says. */
export interface AuditPart {
  readonly sound: boolean;
  readonly after: number;
  readonly to: number;
  readonly entries: number;
  readonly broken: { readonly sequence: number; readonly id: string | null; readonly problem: string } | null;
  readonly done: boolean;
  readonly head: { readonly sequence: number; readonly hash: string };
  readonly checkpoint: { readonly sequence: number; readonly time: string; readonly archive_name: string } | null;
}

export interface AuditHead {
  readonly sequence: number;
  readonly hash: string;
  readonly time: string;
  readonly key_id: string | null;
  readonly signature: string | null;
}

/** @param after `to` of the part before; null: from the beginning */
export function verifyAuditPart(after: number | null): Promise<AuditPart> {
  return postJson('/v1/audit-events/verify', after === null ? {} : { after });
}

export function getAuditHead(): Promise<AuditHead> {
  return getJson('/v1/audit-head');
}
