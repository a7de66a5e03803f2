import type { ApprovalClaims } from '../../../core/decision/approval-state.ts';
import type { AccessClient } from '../../http/access-client.ts';
import type { CurrentPerson } from '../../http/current-person.ts';
import type { AccessRequestPorts } from '../access-request-ports.ts';

export interface TaskSettings {
  /** Where the control plane is reached. */
  readonly publicUrl: string;
  /** How long a task that is over can be read. */
  readonly retentionMs: number;
  /** The shortest pause between two looks at a task. */
  readonly pollSeconds: number;
  /** Tasks that one caller may open in a minute. */
  readonly ratePerMinute: number;
  /** Up to when an approval of access without an end may be shown. */
  readonly approvalMaxMs: number;
}

/** What tasks need beyond what access requests do. */
export interface TaskPorts extends AccessRequestPorts {
  readonly settings: TaskSettings;
  /** null: approvals carry no `state`; sidecars know them by their grants. */
  readonly signApproval: ((claims: ApprovalClaims, decidedBy: string) => Promise<string>) | null;
  /** Of the feed's head, at this moment. */
  readonly feedRevision: () => Promise<number>;
  /** By id, `sub` or email; null when nobody, or more than one, is called so. */
  readonly findSubject: (name: string) => Promise<CurrentPerson | null>;
  /** @throws AccessError `invalid-value` naming `callback.endpoint`, where it may not be called */
  readonly assertCallable: (url: string) => Promise<void>;
}

/** Who submits, looks or cancels: a person for themselves, or a program for people. */
export type TaskCaller =
  | { readonly kind: 'person'; readonly person: CurrentPerson }
  | { readonly kind: 'client'; readonly client: AccessClient };

export function callerId(caller: TaskCaller): string {
  return caller.kind === 'person' ? caller.person.id : caller.client.id;
}
