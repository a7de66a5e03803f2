import { queryOptions } from '@tanstack/react-query';
import type { Role } from '../../core/access/role.ts';
import type { AskedTime } from './asked-time.ts';
import { askJson } from './api-client.ts';
import type { AskedEntitlement } from './entitlement.ts';
import type { Grant } from './grant.ts';
import type { Person } from './person.ts';
import { queryKeys } from './query-keys.ts';

export interface PreviewedStage {
  readonly name: string;
  readonly approvals_required: number;
  readonly reviewers: {
    readonly roles: readonly Role[];
    readonly people: readonly (Person | string)[];
    readonly scope_owners: boolean;
  };
  /** How many people could approve at this stage. */
  readonly reviewer_count: number;
}

/** What would become of a request, were it sent now. Asking changes nothing. */
export interface RequestPreview {
  readonly requestable: boolean;
  readonly stages: readonly PreviewedStage[];
  readonly approvals_required: number;
  readonly reviewer_count: number;
  readonly auto_approve: boolean;
  /** null: no ceiling. */
  readonly max_duration_seconds: number | null;
  readonly reasons: readonly string[];
  readonly break_glass: { readonly allowed: boolean; readonly max_duration_seconds: number | null };
  /** What the policy wants to read in the reason; null: nothing special. */
  readonly reason_prompt: string | null;
  readonly reason_pattern: { readonly pattern: string; readonly example: string } | null;
  /** An active grant that gives this already. */
  readonly has_already: Grant | null;
  /** An equal request of the same person that is undecided. */
  readonly pending_request_id: string | null;
}

export type PreviewedRequest = AskedEntitlement &
  Partial<AskedTime> & {
    readonly reason?: string;
    readonly starts_at?: string;
    readonly break_glass?: true;
    readonly extends_grant_id?: string;
  };

export function requestPreviewQuery(request: PreviewedRequest) {
  return queryOptions({
    queryKey: [...queryKeys.requestPreview, request],
    queryFn: ({ signal }) => askJson<RequestPreview>('/v1/access-requests/preview', request, signal),
    staleTime: 10_000,
  });
}
