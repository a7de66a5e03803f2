import type { AuditEvent, AuditTerms } from '../api/audit-event.ts';
import { recordKeyText } from '../elements/entitlement-words.ts';
import { formatDuration } from '../time/format-duration.ts';
import classes from './audit-table.module.css';

/** What was asked beside what was given, and why. A difference is marked, in words as well. */
export function AskedAndGiven({ details }: { readonly details: AuditEvent['details'] }) {
  const { asked, given, reason } = details;
  const hasReason = typeof reason === 'string' && reason !== '';
  if (asked === undefined && given === undefined && !hasReason) return null;
  const changed = asked !== undefined && given !== undefined && termsText(asked) !== termsText(given);
  return (
    <dl className={classes.terms}>
      {asked !== undefined && (
        <>
          <dt>Asked</dt>
          <dd>{termsText(asked)}</dd>
        </>
      )}
      {given != null && (
        <>
          <dt>Given</dt>
          <dd>
            {termsText(given)} {changed && <span className={classes.changed}>changed</span>}
          </dd>
        </>
      )}
      {hasReason && (
        <>
          <dt>Reason</dt>
          <dd>{reason}</dd>
        </>
      )}
    </dl>
  );
}

function termsText(terms: AuditTerms): string {
  return `${recordKeyText(terms.entitlement)}, ${formatDuration(terms.duration_seconds).toLowerCase()}`;
}
