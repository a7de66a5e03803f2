import { AccessError } from './errors.ts';
import type { DurationSeconds } from './duration.ts';

/** A grant that is to last longer. Times are milliseconds since the Unix epoch. */
export interface Extension {
  readonly grant_id: string;
  readonly starts_at: number;
  readonly expires_at: number;
}

/** How much longer: so many seconds on top of the present end, or until a fixed end. Both null: permanently. */
export interface MoreTime {
  readonly duration_seconds: DurationSeconds;
  /** Milliseconds since the Unix epoch. */
  readonly until: number | null;
}

/**
 * The new end of a grant, in milliseconds; null is permanent. An extension never shortens.
 * @throws AccessError `invalid-value` for an end that is not after the present one
 */
export function extendedEnd(extension: Pick<Extension, 'expires_at'>, more: MoreTime): number | null {
  if (more.until === null) {
    return more.duration_seconds === null ? null : extension.expires_at + more.duration_seconds * 1000;
  }
  if (more.until <= extension.expires_at) {
    throw new AccessError(
      'invalid-value',
      `This access lasts until ${new Date(extension.expires_at).toISOString()} already. Choose a later end.`,
      { field: 'until' },
    );
  }
  return more.until;
}

/** From the beginning of the grant to its new end, in whole seconds, rounded up: the ceiling holds for all of it. */
export function wholeLife(extension: Extension, more: MoreTime): DurationSeconds {
  const end = extendedEnd(extension, more);
  return end === null ? null : Math.ceil((end - extension.starts_at) / 1000);
}
