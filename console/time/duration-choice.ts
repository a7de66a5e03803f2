import type { AskedTime } from '../api/asked-time.ts';
import { formatDuration } from './format-duration.ts';
import { readLocalMoment } from './local-moment.ts';

export type DurationUnit = 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks';

export const UNIT_SECONDS: Readonly<Record<DurationUnit, number>> = {
  seconds: 1,
  minutes: 60,
  hours: 3_600,
  days: 86_400,
  weeks: 604_800,
};

/** Ten years, the API's own limit (`core/access/duration.ts`). */
export const LONGEST_SECONDS = 315_360_000;

/** What a person picked: one of the presets, an amount of their own, or an end. */
export interface DurationChoice {
  readonly preset: string;
  readonly amount: number | '';
  readonly unit: DurationUnit;
  /** As a `datetime-local` field holds it; counts where the preset is `until`. */
  readonly until?: string;
}

export interface DurationPreset {
  readonly value: string;
  readonly label: string;
  /** null: permanent; undefined: the amount and unit count. */
  readonly seconds: number | null | undefined;
}

export const DURATION_PRESETS: readonly DurationPreset[] = [
  { value: '3600', label: '1 hour', seconds: 3_600 },
  { value: '14400', label: '4 hours', seconds: 14_400 },
  { value: '86400', label: '1 day', seconds: 86_400 },
  { value: '604800', label: '1 week', seconds: 604_800 },
  { value: 'permanent', label: 'Permanent', seconds: null },
  { value: 'custom', label: 'Custom', seconds: undefined },
];

/** Offered beside the presets where a fixed end may be asked for. */
export const UNTIL_PRESET = 'until';

export type ReadDuration =
  | { readonly ok: true; readonly seconds: number | null }
  | { readonly ok: false; readonly message: string };

/** The seconds a choice stands for, null being permanent, or what is wrong with it. */
export function readDuration(choice: DurationChoice): ReadDuration {
  const preset = DURATION_PRESETS.find(({ value }) => value === choice.preset);
  if (preset === undefined) return { ok: false, message: 'Choose for how long.' };
  if (preset.seconds !== undefined) return { ok: true, seconds: preset.seconds };
  if (choice.amount === '' || !Number.isFinite(choice.amount))
    return { ok: false, message: 'Say how long, as a number.' };
  const seconds = choice.amount * UNIT_SECONDS[choice.unit];
  if (!Number.isInteger(seconds) || seconds < 1)
    return { ok: false, message: 'Choose one second or more, in whole seconds.' };
  if (seconds > LONGEST_SECONDS) return { ok: false, message: 'Choose ten years or less, or Permanent.' };
  return { ok: true, seconds };
}

export type ReadTime =
  | {
      readonly ok: true;
      readonly time: AskedTime;
      /** How long that is from the beginning; null: permanent. */
      readonly seconds: number | null;
    }
  | { readonly ok: false; readonly message: string };

/** The same where an end may be chosen too. @param startsAtMs when it would begin */
export function readTime(choice: DurationChoice, startsAtMs: number): ReadTime {
  if (choice.preset !== UNTIL_PRESET) {
    const duration = readDuration(choice);
    return duration.ok ? { ...duration, time: { duration_seconds: duration.seconds } } : duration;
  }
  const endMs = readLocalMoment(choice.until ?? '');
  if (endMs === null) return { ok: false, message: 'Say until when, with date and time.' };
  const seconds = Math.ceil((endMs - startsAtMs) / 1_000);
  if (seconds < 1) return { ok: false, message: 'Choose an end that comes after the beginning.' };
  if (seconds > LONGEST_SECONDS) return { ok: false, message: 'Choose ten years or less, or Permanent.' };
  return { ok: true, time: { until: new Date(endMs).toISOString() }, seconds };
}

/** The choice that stands for `seconds`; the largest unit that divides it where no preset does. */
export function choiceOf(seconds: number | null): DurationChoice {
  const preset = DURATION_PRESETS.find((candidate) => candidate.seconds === seconds);
  if (preset !== undefined) return { preset: preset.value, amount: '', unit: 'hours' };
  const whole = seconds ?? 1;
  const units = Object.keys(UNIT_SECONDS) as DurationUnit[];
  const unit = units.findLast((name) => whole % UNIT_SECONDS[name] === 0) ?? 'seconds';
  return { preset: 'custom', amount: whole / UNIT_SECONDS[unit], unit };
}

/** Whether the ceiling (null: none) leaves room for this. */
export function fitsUnder(seconds: number | null, ceiling: number | null): boolean {
  return ceiling === null || (seconds !== null && seconds <= ceiling);
}

/** Why a duration is too long, or null. */
export function ceilingMessage(seconds: number | null, ceiling: number | null): string | null {
  if (fitsUnder(seconds, ceiling)) return null;
  return `The policy allows ${formatDuration(ceiling)} at the most.`;
}
