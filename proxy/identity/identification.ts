/** Who calls, as far as credentials say. */
export interface Identified {
  readonly ok: true;
  /** As people are known by in the facts: `Subject.sub`. */
  readonly sub: string;
  /** A browser sends it by itself, also when another site makes it (cookie, client certificate, a proxy's session). */
  readonly isAmbient: boolean;
  /** When the first of the credentials that say so ends, by its own word; milliseconds since the epoch. */
  readonly endsAtMs: number;
}

export interface Unidentified {
  readonly ok: false;
  readonly reason: 'identity-missing' | 'identity-invalid' | 'identity-unavailable';
  /** For the log; never holds a token or what one says. */
  readonly detail: string;
}

export type Identification = Identified | Unidentified;

export function invalid(detail: string): Unidentified {
  return { ok: false, reason: 'identity-invalid', detail };
}

export function unavailable(detail: string): Unidentified {
  return { ok: false, reason: 'identity-unavailable', detail };
}
