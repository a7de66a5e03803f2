import { choiceOf, readDuration, type DurationChoice } from '../time/duration-choice.ts';

type Attributes = Readonly<Record<string, unknown>>;

/** On which terms a resource is given, as it stands in the form; the default policy reads them from its attributes. */
export interface AccessTerms {
  /** 1 to 20; empty: as the policy has it. */
  readonly approvals: number | '';
  /** The longest grant; permanent: no ceiling. */
  readonly longest: DurationChoice;
  readonly autoApprove: boolean;
  readonly breakGlass: boolean;
  /** Empty: as the policy has it. */
  readonly breakGlassMinutes: number | '';
  readonly reasonPrompt: string;
  readonly reasonPattern: string;
  readonly reasonExample: string;
  readonly lowRisk: boolean;
  readonly locked: boolean;
}

const LONGEST_BREAK_GLASS_MINUTES = 1_440;
const MOST_APPROVALS = 20;

interface TermsOfAttributes {
  readonly terms: AccessTerms;
  /** Whatever no field stands for. */
  readonly rest: Attributes;
}

/**
 * Attributes as fields of a form, and the rest of them. A value that its field could not hold as it is stays in the rest,
 * so that opening and saving changes nothing.
 */
export function splitAttributes(attributes: Attributes): TermsOfAttributes {
  const rest: Record<string, unknown> = { ...attributes };
  const take = <Value>(name: string, fits: (value: unknown) => value is Value, otherwise: Value): Value => {
    const value = rest[name];
    if (!fits(value)) return otherwise;
    delete rest[name];
    return value;
  };
  const seconds = take('max_duration_seconds', isCount(315_360_000), 0);
  const glass = take('break_glass_max_seconds', isMinutes, 0);
  return {
    terms: {
      approvals: take<number | ''>('approvals_required', isCount(MOST_APPROVALS), ''),
      longest: choiceOf(seconds === 0 ? null : seconds),
      autoApprove: take('auto_approve', isOn, false),
      breakGlass: take('break_glass', isOn, false),
      breakGlassMinutes: glass === 0 ? '' : glass / 60,
      reasonPrompt: take('reason_prompt', isText, ''),
      reasonPattern: take('reason_pattern', isText, ''),
      reasonExample: take('reason_example', isText, ''),
      lowRisk: take('low_risk', isOn, false),
      locked: take('locked', isOn, false),
    },
    rest,
  };
}

export type ReadTerms =
  | { readonly ok: true; readonly attributes: Attributes }
  | { readonly ok: false; readonly errors: Readonly<Record<string, string>> };

/** The attributes that fields and rest make together, or what is wrong, by field. */
export function joinAttributes(terms: AccessTerms, rest: Attributes): ReadTerms {
  const longest = readDuration(terms.longest);
  const named = {
    ...(terms.approvals !== '' && { approvals_required: terms.approvals }),
    ...(longest.ok && longest.seconds !== null && { max_duration_seconds: longest.seconds }),
    ...(terms.autoApprove && { auto_approve: true }),
    ...(terms.breakGlass && { break_glass: true }),
    ...(terms.breakGlassMinutes !== '' && { break_glass_max_seconds: terms.breakGlassMinutes * 60 }),
    ...(terms.reasonPrompt.trim() !== '' && { reason_prompt: terms.reasonPrompt.trim() }),
    ...(terms.reasonPattern.trim() !== '' && { reason_pattern: terms.reasonPattern.trim() }),
    ...(terms.reasonExample.trim() !== '' && { reason_example: terms.reasonExample.trim() }),
    ...(terms.lowRisk && { low_risk: true }),
    ...(terms.locked && { locked: true }),
  };
  const twice = Object.keys(named).find(
    (name) => rest[name] !== undefined && rest[name] !== null && rest[name] !== false,
  );
  const errors = {
    ...(terms.approvals !== '' &&
      !isWhole(terms.approvals, MOST_APPROVALS) && { 'terms.approvals': 'Choose a whole number from 1 to 20.' }),
    ...(!longest.ok && { 'terms.longest': longest.message }),
    ...(terms.breakGlassMinutes !== '' &&
      !isWhole(terms.breakGlassMinutes, LONGEST_BREAK_GLASS_MINUTES) && {
        'terms.breakGlassMinutes': 'Choose whole minutes from 1 to 1440.',
      }),
    ...(twice !== undefined && {
      attributes: `${twice} stands in a field above as well. Remove it from one of the two.`,
    }),
  };
  return Object.keys(errors).length > 0 ? { ok: false, errors } : { ok: true, attributes: { ...rest, ...named } };
}

function isWhole(value: unknown, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most;
}

function isMinutes(value: unknown): value is number {
  return isWhole(value, LONGEST_BREAK_GLASS_MINUTES * 60) && value % 60 === 0;
}

function isOn(value: unknown): value is boolean {
  return value === true;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() === value && value !== '';
}

function isCount(most: number) {
  return (value: unknown): value is number => isWhole(value, most);
}
