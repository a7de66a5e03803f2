import { UNIT_SECONDS, type DurationChoice } from '../time/duration-choice.ts';

export interface RequestDraft {
  readonly reason: string;
  readonly duration: DurationChoice;
  /** As a `datetime-local` field holds it; empty: as soon as it is approved. */
  readonly startsAt: string;
}

type SessionStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export const EMPTY_DRAFT: RequestDraft = {
  reason: '',
  duration: { preset: '3600', amount: '', unit: 'hours' },
  startsAt: '',
};

const PREFIX = 'hallpass.request-draft.';

/** By person too: whoever signs in next in this tab must not read what another one wrote. */
function keyOf(personId: string, about: string): string {
  return `${PREFIX}${personId}.${about}`;
}

/** What somebody had typed before they were signed out or reloaded the page. @param about what they asked for */
export function readDraft(personId: string, about: string, storage: SessionStorage): RequestDraft {
  try {
    const kept: unknown = JSON.parse(storage.getItem(keyOf(personId, about)) ?? 'null');
    return isDraft(kept) ? kept : EMPTY_DRAFT;
  } catch {
    return EMPTY_DRAFT;
  }
}

export function keepDraft(personId: string, about: string, draft: RequestDraft, storage: SessionStorage): void {
  try {
    if (draft.reason === '') storage.removeItem(keyOf(personId, about));
    else storage.setItem(keyOf(personId, about), JSON.stringify(draft));
  } catch {
    // Without storage nothing is kept; the form works all the same.
  }
}

/** At a deliberate sign-out; a session that ended by itself keeps them. */
export function forgetDrafts(storage: Storage): void {
  try {
    for (const key of Object.keys(storage)) if (key.startsWith(PREFIX)) storage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}

function isDraft(value: unknown): value is RequestDraft {
  if (typeof value !== 'object' || value === null) return false;
  const { reason, duration, startsAt } = value as Partial<Record<keyof RequestDraft, unknown>>;
  return typeof reason === 'string' && typeof startsAt === 'string' && isChoice(duration);
}

function isChoice(value: unknown): value is DurationChoice {
  const choice = value as Partial<DurationChoice> | null | undefined;
  return (
    typeof choice?.preset === 'string' &&
    (typeof choice.amount === 'number' || choice.amount === '') &&
    (choice.until === undefined || typeof choice.until === 'string') &&
    Object.hasOwn(UNIT_SECONDS, choice.unit ?? '')
  );
}
