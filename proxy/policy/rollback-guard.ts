import type { BundleSignature } from '../../core/decision/bundle-signature.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { AcceptedMark, BundleStore } from './bundle-store.ts';

/** A bundle that is whole and properly signed, and not to be used all the same. */
export class RollbackError extends Error {
  override readonly name = 'RollbackError';
  /** May hold later without anything in the bundle changing. */
  readonly isPassing: boolean;

  constructor(message: string, isPassing = false) {
    super(message);
    this.isPassing = isPassing;
  }
}

/**
 * Keeps an older policy from being put back by whoever can replay a bundle that was signed once. OPA's bundles have no
 * freshness check, so the time of signing counts here, the claim `iat`: nothing is accepted that was signed before what
 * has been accepted, and of one second only one signature. Whoever has to go back signs the older content anew.
 */
export class RollbackGuard {
  readonly #store: BundleStore | null;
  readonly #isRequired: boolean;
  readonly #toleranceSeconds: number;
  readonly #clock: Clock;
  #mark: AcceptedMark | null = null;

  /** @param isRequired whether a signature must say when it was made; once one has said it, all later ones must */
  constructor(store: BundleStore | null, isRequired: boolean, toleranceSeconds: number, clock: Clock) {
    this.#store = store;
    this.#isRequired = isRequired;
    this.#toleranceSeconds = toleranceSeconds;
    this.#clock = clock;
  }

  /** Seconds since the Unix epoch; null before anything with a time was accepted. */
  get acceptedAt(): number | null {
    return this.#mark?.issued_at ?? null;
  }

  /** Recalls what was accepted before this process. @throws Error when that can't be read */
  async load(): Promise<void> {
    this.#mark = (await this.#store?.readMark()) ?? null;
  }

  /** @throws RollbackError */
  check({ issuedAtSeconds, digest }: BundleSignature): void {
    const mark = this.#mark;
    if (issuedAtSeconds === null) {
      if (!this.#isRequired && mark === null) return;
      throw new RollbackError(
        'its signature does not say when it was made; sign with --claims-file and {"iat": <seconds>}' +
          (mark === null ? ', or set policy.signing.issued_at to optional' : ''),
      );
    }
    if (issuedAtSeconds > this.#clock() / 1_000 + this.#toleranceSeconds) {
      throw new RollbackError(`it was signed in the future, at ${timeOf(issuedAtSeconds)}; check both clocks`, true);
    }
    if (mark === null || issuedAtSeconds > mark.issued_at || digest === mark.digest) return;
    throw new RollbackError(
      `it was signed at ${timeOf(issuedAtSeconds)} and one of ${timeOf(mark.issued_at)} was accepted already; ` +
        'to go back on purpose, sign the older content anew',
    );
  }

  /** @throws Error when it could not be kept for the next process; for this one it counts */
  async accepted({ issuedAtSeconds, digest }: BundleSignature): Promise<void> {
    if (issuedAtSeconds === null) return;
    const mark = { issued_at: issuedAtSeconds, digest };
    if (this.#mark?.digest === digest) return;
    this.#mark = mark;
    await this.#store?.writeMark(mark);
  }
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}
