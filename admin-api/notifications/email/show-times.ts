import { splitTimes } from '../../../core/access/split-times.ts';

/** A sentence with its times as a person reads them in their zone: `24 Nov 2026, 18:00 CET`. */
export function showTimes(text: string, timeZone: string): string {
  return splitTimes(text)
    .map(({ kind, value }) => (kind === 'time' ? formatOf(timeZone).format(new Date(value)) : value))
    .join('');
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  });
}
