import type { AuditFilter } from '../api/audit-event.ts';
import { localMomentText, readLocalMoment } from '../time/local-moment.ts';

export const NO_FILTER: AuditFilter = {
  type: '',
  actor: '',
  subject: '',
  resource: '',
  request_id: '',
  grant_id: '',
  evaluation_id: '',
  from: '',
  to: '',
  q: '',
};

const NAMES = Object.keys(NO_FILTER) as (keyof AuditFilter)[];

/** What of the log the address names; names it does not know are left alone. */
export function readAuditFilter(query: URLSearchParams): AuditFilter {
  return Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? ''])) as unknown as AuditFilter;
}

/** The address of a filter: only what is set, in one order, so that the same question has the same address. */
export function auditParameters(filter: AuditFilter): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of NAMES) if (filter[name] !== '') query.set(name, filter[name]);
  return query;
}

/** How many conditions there are, but for the words. */
export function filterCount(filter: AuditFilter): number {
  return NAMES.filter((name) => name !== 'q' && filter[name] !== '').length;
}

/** The request whose whole story is meant: nothing else is asked for. */
export function storyOf(filter: AuditFilter): string | null {
  return filter.request_id !== '' && auditParameters(filter).size === 1 ? filter.request_id : null;
}

/** A time of the address in a `datetime-local` field, and back; what is no time is none. */
export function momentOf(time: string): string {
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? '' : localMomentText(ms);
}

export function timeOf(moment: string): string {
  const ms = readLocalMoment(moment);
  return ms === null ? '' : new Date(ms).toISOString();
}
