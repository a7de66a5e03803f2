import { formatDuration } from './format-duration.ts';

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

/** What a person picked: one of the presets, or an amount of their own. */
export interface DurationChoice {
  readonly preset: string;
  readonly amount: number | '';
  readonly unit: DurationUnit;
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
