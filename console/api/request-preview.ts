import { queryOptions } from '@tanstack/react-query';
import type { Role } from '../../core/access/role.ts';
import { askJson } from './api-client.ts';
import type { AskedEntitlement } from './entitlement.ts';
import { queryKeys } from './query-keys.ts';

/** What would become of a request, were it sent now. Asking changes nothing. */
export interface RequestPreview {
  readonly requestable: boolean;
  readonly approvals_required: number;
  readonly reviewers: { readonly roles: readonly Role[] };
  readonly reviewer_count: number;
  readonly auto_approve: boolean;
  /** null: no ceiling. */
  readonly max_duration_seconds: number | null;
  readonly reasons: readonly string[];
}

export type PreviewedRequest = AskedEntitlement & {
  readonly duration_seconds?: number | null;
  readonly reason?: string;
};

export function requestPreviewQuery(request: PreviewedRequest) {
  return queryOptions({
    queryKey: [...queryKeys.requestPreview, request],
    queryFn: ({ signal }) => askJson<RequestPreview>('/v1/access-requests/preview', request, signal),
    staleTime: 10_000,
  });
}
