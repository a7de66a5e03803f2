import type { Subject } from '../access/subject.ts';

/** Who asks the decision API, and so of whom they may ask. */
export interface Asker {
  /** Of this person only; null: of everybody. Whoever else is named is answered like a person nobody knows. */
  readonly onlyAbout: string | null;
}

/** Whoever holds the token of the decision API, or may read about everybody anyway. */
export const ASKS_ABOUT_ANYBODY: Asker = { onlyAbout: null };

export function mayAskAbout({ onlyAbout }: Asker, subject: Subject): boolean {
  return onlyAbout === null || subject.id === onlyAbout;
}
