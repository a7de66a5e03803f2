export interface TextPart {
  readonly kind: 'text' | 'time';
  readonly value: string;
}

const TIME = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/;

/** A sentence of the server in pieces, so that the console and the mails can show its times (RFC 3339, UTC) in the person's zone. */
export function splitTimes(text: string): TextPart[] {
  return text
    .split(TIME)
    .map((value): TextPart => ({ kind: isTime(value) ? 'time' : 'text', value }))
    .filter(({ value }) => value !== '');
}

/** `2026-13-45T99:99:99Z` looks like a time and is none. */
function isTime(value: string): boolean {
  return TIME.test(value) && !Number.isNaN(Date.parse(value));
}
