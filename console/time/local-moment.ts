const MOMENT = /^\d{4,6}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?$/;

/** What a `datetime-local` field holds, taken in the person's zone, as ms since the epoch; null when it holds none. */
export function readLocalMoment(text: string): number | null {
  if (!MOMENT.test(text)) return null;
  const ms = new Date(text).getTime();
  return Number.isNaN(ms) ? null : ms;
}

/** The same the other way round, to the minute. */
export function localMomentText(ms: number): string {
  const at = new Date(ms);
  const date = `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

const two = (value: number) => String(value).padStart(2, '0');

/** The person's zone by name and, because that changes in spring and autumn, how it stands then: `Europe/Berlin (GMT+1)`. */
export function zoneWords(ms: number, timeZone = personZone()): string {
  if (timeZone === 'UTC') return timeZone;
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'shortOffset' }).formatToParts(new Date(ms));
  const offset = parts.find(({ type }) => type === 'timeZoneName')?.value;
  return offset === undefined ? timeZone : `${timeZone} (${offset})`;
}

/** As the browser has it, e.g. `Europe/Berlin`. */
export function personZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
