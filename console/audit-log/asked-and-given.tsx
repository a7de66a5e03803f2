import type { AuditEvent, AuditTerms } from '../api/audit-event.ts';
import { recordKeyText } from '../elements/entitlement-words.ts';
import { TimedText } from '../elements/timed-text.tsx';
import { formatDuration } from '../time/format-duration.ts';
import classes from './audit-table.module.css';

/** What was asked beside what was given, and why. A difference is marked, in words as well. */
export function AskedAndGiven({ details }: { readonly details: AuditEvent['details'] }) {
  const { asked, given } = details;
  const reason = textOf(details.reason);
  const note = textOf(details.note);
  if (asked === undefined && given === undefined && reason === null && note === null) return null;
  const changed = asked !== undefined && given != null && termsText(asked) !== termsText(given);
  return (
    <dl className={classes.terms}>
      {asked !== undefined && (
        <>
          <dt>Asked</dt>
          <dd>
            <TimedText text={termsText(asked)} />
          </dd>
        </>
      )}
      {given != null && (
        <>
          <dt>Given</dt>
          <dd>
            <TimedText text={termsText(given)} /> {changed && <span className={classes.changed}>changed</span>}
          </dd>
        </>
      )}
      {reason !== null && (
        <>
          <dt>Reason</dt>
          <dd>{reason}</dd>
        </>
      )}
      {note !== null && (
        <>
          <dt>Note</dt>
          <dd>{note}</dd>
        </>
      )}
    </dl>
  );
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function termsText({ entitlement, duration_seconds, until, starts_at }: AuditTerms): string {
  const length = until != null ? `until ${until}` : formatDuration(duration_seconds ?? null).toLowerCase();
  return [recordKeyText(entitlement), ...(starts_at != null ? [`from ${starts_at}`] : []), length].join(', ');
}
