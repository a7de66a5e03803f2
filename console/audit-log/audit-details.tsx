import type { AuditEvent } from '../api/audit-event.ts';
import classes from './audit-table.module.css';

/** The entry as it is stored, with the hashes that chain it to the one before. */
export function AuditDetails({ event }: { readonly event: AuditEvent }) {
  const { sequence, id, type, time, request_id, grant_id, evaluation_id, details, hash, previous_hash } = event;
  const stored = { sequence, id, type, time, request_id, grant_id, evaluation_id, details, hash, previous_hash };
  return (
    <details className={classes.details}>
      <summary>Entry {sequence}</summary>
      <pre className={classes.facts}>{JSON.stringify(stored, null, 2)}</pre>
    </details>
  );
}
