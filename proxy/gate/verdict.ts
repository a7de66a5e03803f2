import type { Resource } from '../../core/access/resource.ts';
import type { Subject } from '../../core/access/subject.ts';
import type { Decision } from '../../core/decision/decision.ts';
import type { StandingQuestion } from './judge.ts';
import type { Route } from './route-table.ts';
import type { HeaderList } from '../identity/header-list.ts';

/** One request that may pass, with exactly what is to be sent. */
export interface Admission {
  readonly allowed: true;
  readonly decision: Decision;
  readonly subject: Subject;
  readonly resource: Resource;
  readonly route: Route;
  /** To ask again while the request is under way. */
  readonly standing: StandingQuestion;
  /** When who asks is no longer known to be who they were, and what is open is to be cut; null: it goes on. Milliseconds since the epoch. */
  readonly identityEndsAt: number | null;
  /** Path and query for the upstream. */
  readonly target: string;
  readonly headers: HeaderList;
}

/** One request that may not, with what the caller may learn of it. */
export interface Denial {
  readonly allowed: false;
  readonly decision: Decision;
  /** null where the caller is not known. */
  readonly subject: Subject | null;
  /** null where the caller may not learn of it. */
  readonly resource: Resource | null;
  readonly action: string | null;
  /** The URL the person wanted, for the way back; null when going there again makes no sense. */
  readonly returnTo: string | null;
  /** The resource's key for the log, also where the caller may not learn of it. */
  readonly loggedResource: string | null;
  /** The true reason for the log, where the caller is told another. */
  readonly loggedReason: Decision['reason'];
  /** What exactly is wrong with the request, for 400s. */
  readonly detail: string | null;
}

/** Whether what was admitted becomes a WebSocket; else an upgrade is to bytes that nobody here can read. */
export function isWebSocket({ headers }: Admission): boolean {
  return headers.get('upgrade')?.toLowerCase() === 'websocket';
}

export type Verdict = Admission | Denial;
