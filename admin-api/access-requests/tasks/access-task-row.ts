import type { ActionEntity, ResourceEntity } from '../../../core/authzen/entity.ts';
import type { ResourceKey } from '../../../core/access/resource.ts';

export const CALLBACK_EVENTS = ['approved', 'denied', 'expired', 'cancelled', 'failed', 'partial'] as const;

export interface TaskCallback {
  readonly endpoint: string;
  /** Given back as it came. */
  readonly state?: string | undefined;
  /** Left out: all of them. */
  readonly events?: readonly (typeof CALLBACK_EVENTS)[number][] | undefined;
}

export interface AccessTaskRow {
  id: string;
  subject_id: string;
  client_id: string | null;
  caller_id: string;
  idempotency_key: string | null;
  fingerprint: string;
  is_bundle: boolean;
  callback: TaskCallback | null;
  created_at: Date;
}

export interface TaskItemRow {
  task_id: string;
  place: number;
  /** As they were submitted. */
  resource: ResourceEntity;
  action: ActionEntity;
  request_id: string;
  evaluation_id: string;
  /** Public URL of whoever refused. */
  decided_by: string;
  resource_key: ResourceKey;
}
