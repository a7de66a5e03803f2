import { useSearchParams } from 'react-router';
import type { AuditFilter } from '../api/audit-event.ts';
import { auditParameters, NO_FILTER, readAuditFilter } from './audit-view.ts';

/** The filter that the address names, and the way to another one; going back leaves the log, not the last letter typed. */
export function useAuditFilter() {
  const [query, setQuery] = useSearchParams();
  const filter = readAuditFilter(query);
  return {
    filter,
    change: (part: Partial<AuditFilter>) => setQuery(auditParameters({ ...filter, ...part }), { replace: true }),
    clear: () => setQuery(auditParameters(NO_FILTER), { replace: true }),
  };
}
