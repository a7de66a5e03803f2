import { hashAuditEntry } from './audit-entry.ts';
import type { ChainLink } from './audit-head.ts';
import type { HashedAuditEntry } from './audit-rows.ts';

/** The first entry that does not hold. */
export interface BrokenEntry {
  readonly sequence: number;
  /** null: there is no entry where one should be. */
  readonly id: string | null;
  readonly problem: string;
}

/** Follows a chain entry by entry, wherever the entries come from: the database or an archive. */
export class ChainCheck {
  #at: ChainLink;
  #entries = 0;

  /** @param from the link before the first entry */
  constructor(from: ChainLink) {
    this.#at = from;
  }

  /** The last link that held. */
  get at(): ChainLink {
    return this.#at;
  }

  get entries(): number {
    return this.#entries;
  }

  /** @returns null when the entry follows and is what it was */
  take({ hash, ...entry }: HashedAuditEntry): BrokenEntry | null {
    const { sequence, id } = entry;
    if (sequence !== this.#at.sequence + 1) {
      return { sequence: this.#at.sequence + 1, id: null, problem: 'the entry is missing' };
    }
    if (entry.previous_hash !== this.#at.hash) {
      return { sequence, id, problem: 'it does not follow the entry before it' };
    }
    if (hashAuditEntry(entry) !== hash) return { sequence, id, problem: 'its content does not match its hash' };
    this.#at = { sequence, hash };
    this.#entries += 1;
    return null;
  }
}
