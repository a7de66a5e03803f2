import type { AskedEntitlement } from '../api/entitlement.ts';
import { UNIT_SECONDS, type DurationChoice } from '../time/duration-choice.ts';

export interface RequestDraft {
  readonly reason: string;
  readonly duration: DurationChoice;
}

type SessionStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export const EMPTY_DRAFT: RequestDraft = { reason: '', duration: { preset: '3600', amount: '', unit: 'hours' } };

const PREFIX = 'hallpass.request-draft.';

/** By person too: whoever signs in next in this tab must not read what another one wrote. */
function keyOf(personId: string, entitlement: AskedEntitlement): string {
  return `${PREFIX}${personId}.${JSON.stringify(entitlement)}`;
}

/** What somebody had typed before they were signed out or reloaded the page. */
export function readDraft(personId: string, entitlement: AskedEntitlement, storage: SessionStorage): RequestDraft {
  try {
    const kept: unknown = JSON.parse(storage.getItem(keyOf(personId, entitlement)) ?? 'null');
    return isDraft(kept) ? kept : EMPTY_DRAFT;
  } catch {
    return EMPTY_DRAFT;
  }
}

export function keepDraft(
  personId: string,
  entitlement: AskedEntitlement,
  draft: RequestDraft,
  storage: SessionStorage,
): void {
  try {
    if (draft.reason === '') storage.removeItem(keyOf(personId, entitlement));
    else storage.setItem(keyOf(personId, entitlement), JSON.stringify(draft));
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
  const { reason, duration } = value as { reason?: unknown; duration?: Partial<DurationChoice> | null };
  return (
    typeof reason === 'string' &&
    typeof duration?.preset === 'string' &&
    (typeof duration.amount === 'number' || duration.amount === '') &&
    Object.hasOwn(UNIT_SECONDS, duration.unit ?? '')
  );
}
