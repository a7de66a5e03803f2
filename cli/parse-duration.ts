import { MAX_DURATION_SECONDS } from '../core/access/duration.ts';
import { CliError, EXIT } from './exit-code.ts';

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 } as const;

/**
 * `90s`, `30m`, `4h`, `1d12h`, `1w` or `permanent`.
 * @returns seconds; null is permanent
 * @throws CliError with the spellings there are
 */
export function parseDuration(text: string): number | null {
  if (text === 'permanent') return null;
  const parts = [...text.matchAll(/(\d+)([smhdw])/g)];
  const isWhole = parts.length > 0 && parts.map((part) => part[0]).join('') === text;
  const seconds = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * SECONDS[unit as keyof typeof SECONDS],
    0,
  );
  if (!isWhole || seconds < 1 || seconds > MAX_DURATION_SECONDS) {
    throw new CliError(`"${text}" is no duration. Write it like 90s, 30m, 4h, 1d12h, 1w, or permanent.`, EXIT.usage);
  }
  return seconds;
}

/** `1d 12h` */
export function durationText(seconds: number | null): string {
  if (seconds === null) return 'permanent';
  const words: string[] = [];
  let rest = seconds;
  for (const [unit, size] of Object.entries(SECONDS).toReversed()) {
    const count = Math.floor(rest / size);
    if (count > 0) words.push(`${count}${unit}`);
    rest -= count * size;
  }
  return words.join(' ') || '0s';
}

/**
 * A moment as RFC 3339, or anything like `2026-11-24 17:00` in the zone of this machine.
 * @throws CliError
 */
export function parseMoment(text: string): string {
  const time = Date.parse(text);
  if (Number.isNaN(time)) {
    throw new CliError(`"${text}" is no time. Write it like 2026-11-24T17:00 or 2026-11-24T17:00:00Z.`, EXIT.usage);
  }
  return new Date(time).toISOString();
}
