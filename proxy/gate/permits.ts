import type { Action } from '../../core/decision/decision-input.ts';
import type { Permit } from './permit.ts';
import type { Route } from './route-table.ts';

/** Of one person, so that going through a list of them stays short. */
const MAX_OF_ONE = 16;
const NONE: readonly Permit[] = [];

/**
 * Permits for the next request of the same kind, by the `sub` of who asks. One counts while nothing at all has changed in the
 * facts, and its answer can be repeated: whoever finds one has to look (`Permit.factsVersion`, `Judge.repeat`).
 *
 * Bounded: two generations, of which the older one goes when the younger one is full.
 */
export class Permits {
  readonly #generationSize: number;
  #young = new Map<string, Permit[]>();
  #old = new Map<string, Permit[]>();
  /** Permits in the younger generation. */
  #count = 0;

  /** @param maxPermits 0: none is kept */
  constructor(maxPermits: number) {
    this.#generationSize = Math.floor(maxPermits / 2);
  }

  find(sub: string, route: Route, action: Action): Permit | null {
    for (const permit of this.#young.get(sub) ?? this.#fromOld(sub)) {
      if (permit.route === route && permit.action === action) return permit;
    }
    return null;
  }

  /** In the place of one for the same. */
  keep(sub: string, permit: Permit): void {
    if (this.#generationSize === 0) return;
    const { route, action } = permit;
    const others = (this.#young.get(sub) ?? NONE).filter((other) => other.route !== route || other.action !== action);
    this.#store(sub, [...others.slice(1 - MAX_OF_ONE), permit]);
  }

  #fromOld(sub: string): readonly Permit[] {
    const found = this.#old.get(sub);
    if (found === undefined) return NONE;
    this.#old.delete(sub);
    this.#store(sub, found);
    return found;
  }

  #store(sub: string, permits: Permit[]): void {
    if (this.#count >= this.#generationSize) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#count = 0;
    }
    this.#count += permits.length - (this.#young.get(sub)?.length ?? 0);
    this.#young.set(sub, permits);
  }
}
